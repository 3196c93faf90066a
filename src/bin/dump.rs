fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut sources = agcgen::source::Sources::new();
    let s = agcgen::source::read(&a[1]).unwrap();
    let id = sources.add(s.name, s.text);
    let mut found = agcgen::diagnostic::Findings::new();
    let r = agcgen::compile(&sources, id, &mut found).unwrap();
    eprintln!("{}", agcgen::diagnostic::short(&sources, &found));
    for f in r.unwrap().files {
        let p = std::path::Path::new(&a[2]).join(f.path.as_str());
        std::fs::create_dir_all(p.parent().unwrap()).unwrap();
        std::fs::write(p, f.text).unwrap();
    }
}
