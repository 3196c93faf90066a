//! An SVG picture as a reader of XML sees it: boxes, lines and texts, each where it is.

use roxmltree::{Document, Node};

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Area {
    fn of(node: Node<'_, '_>) -> Self {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| {
            node.attribute(name)
                .map_or(0.0, |value| value.parse().unwrap())
        });
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    pub(crate) fn contains(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }
}

/// A box with its texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Boxed {
    /// The word for its layer.
    pub layer: String,
    /// All of what it says.
    pub title: String,
    pub area: Area,
    /// What is written, and where.
    pub texts: Vec<(String, Area)>,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub title: String,
    /// Its corners.
    pub points: Vec<(f64, f64)>,
    pub texts: Vec<(String, Area)>,
}

/// A picture.
#[derive(Debug)]
pub(crate) struct Picture {
    pub area: Area,
    pub title: String,
    pub description: String,
    pub boxes: Vec<Boxed>,
    pub lines: Vec<Line>,
}

/// Advances of the letters from blank to tilde in `DejaVu` Sans Bold 2.37, one of the widest fonts in use, in thousandths of
/// the size, read from the font's own table.
#[rustfmt::skip]
const ADVANCES: [u32; 95] = [
    349, 457, 521, 838, 696, 1002, 873, 307, 458, 458, 523, 838, 380, 416, 380, 366, 696, 696, 696, 696, 696, 696, 696, 696,
    696, 696, 400, 400, 838, 838, 838, 581, 1000, 774, 763, 734, 831, 684, 684, 821, 837, 373, 373, 775, 638, 996, 837, 851,
    733, 851, 771, 721, 683, 813, 774, 1104, 771, 725, 726, 458, 366, 458, 838, 500, 500, 675, 716, 593, 716, 679, 436, 716,
    712, 343, 343, 666, 343, 1042, 712, 688, 716, 716, 494, 596, 479, 712, 652, 924, 646, 652, 583, 712, 366, 712, 838,
];

fn width(text: &str, size: f64) -> f64 {
    let advance = |letter: char| {
        let position = (letter as usize).checked_sub(32);
        position
            .and_then(|position| ADVANCES.get(position))
            .copied()
            .unwrap_or(1000)
    };
    text.chars()
        .map(|letter| f64::from(advance(letter)))
        .sum::<f64>()
        * size
        / 1000.0
}

fn texts(group: Node<'_, '_>) -> Vec<(String, Area)> {
    let texts = group
        .children()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
    texts
        .map(|node| {
            let size = if node.attribute("class") == Some("name") {
                13.0
            } else {
                11.0
            };
            let text = node.text().unwrap_or_default().to_owned();
            let area = Area::of(node);
            let area = Area {
                y: area.y - 0.75 * size,
                width: width(&text, size),
                height: size,
                ..area
            };
            (text, area)
        })
        .collect()
}

/// The corners of a path of `M`, `L` and `Q`.
fn corners(commands: &str) -> Vec<(f64, f64)> {
    let numbers: Vec<f64> = commands
        .split(['M', 'L', 'Q', 'Z', ' '])
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().unwrap())
        .collect();
    assert_eq!(numbers.len() % 2, 0, "{commands}");
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

pub(crate) fn read(svg: &str) -> Picture {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = document.root_element();
    assert_eq!(
        root.tag_name().namespace(),
        Some("http://www.w3.org/2000/svg")
    );
    let area = Area::of(root);
    let view_box = format!("0 0 {} {}", area.width, area.height);
    assert_eq!(root.attribute("viewBox"), Some(view_box.as_str()));
    let said = |node: Node<'_, '_>, tag: &str| {
        let child = node.children().find(|child| child.tag_name().name() == tag);
        child
            .and_then(|child| child.text())
            .unwrap_or_default()
            .to_owned()
    };
    let mut picture = Picture {
        area,
        title: said(root, "title"),
        description: said(root, "desc"),
        boxes: Vec::new(),
        lines: Vec::new(),
    };
    for group in root.children().filter(|node| node.tag_name().name() == "g") {
        let child = |class: &str| {
            group.children().find(|node| {
                let classes = node.attribute("class").unwrap_or_default();
                classes.split(' ').any(|known| known == class)
            })
        };
        let title = said(group, "title");
        if let Some(shape) = child("box") {
            picture.boxes.push(Boxed {
                layer: group.attribute("class").unwrap().to_owned(),
                title,
                area: Area::of(shape),
                texts: texts(group),
            });
        } else if let Some(path) = child("line") {
            picture.lines.push(Line {
                title,
                points: corners(path.attribute("d").unwrap()),
                texts: texts(group),
            });
        }
    }
    picture
}

impl Picture {
    /// What is wrong with how it looks: nothing may be outside, boxes and texts may not overlap, a text is inside of its box, and
    /// no line runs through a box.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let labels = self.lines.iter().flat_map(|line| &line.texts);
        let labels: Vec<&(String, Area)> = labels.collect();
        for (position, one) in self.boxes.iter().enumerate() {
            if !self.area.contains(one.area) {
                faults.push(format!("{} is outside", one.title));
            }
            for other in &self.boxes[position + 1..] {
                if one.area.overlaps(other.area) {
                    faults.push(format!("{} and {} overlap", one.title, other.title));
                }
            }
            for (text, area) in &one.texts {
                if !one.area.contains(*area) {
                    faults.push(format!(
                        "`{text}` leaves its box: {area:?} in {:?}",
                        one.area
                    ));
                }
            }
            for (text, area) in &labels {
                if one.area.overlaps(*area) {
                    faults.push(format!("`{text}` is over {}", one.title));
                }
            }
        }
        for (position, (one, area)) in labels.iter().enumerate() {
            if !self.area.contains(*area) {
                faults.push(format!("`{one}` is outside"));
            }
            for (other, other_area) in &labels[position + 1..] {
                if area.overlaps(*other_area) {
                    faults.push(format!("`{one}` and `{other}` overlap"));
                }
            }
        }
        for line in &self.lines {
            for ends in line.points.windows(2) {
                let ((x, y), (to_x, to_y)) = (ends[0], ends[1]);
                // A little less than all, for it begins and ends at a border.
                let area = Area {
                    x: x.min(to_x) + 0.5,
                    y: y.min(to_y) - 0.5,
                    width: (x - to_x).abs() - 1.0,
                    height: (y - to_y).abs() + 1.0,
                };
                if area.width < 0.0 && area.height < 2.0 {
                    continue;
                }
                for node in &self.boxes {
                    if node.area.overlaps(area) {
                        faults.push(format!("`{}` runs through {}", line.title, node.title));
                    }
                }
                for (text, label) in &labels {
                    let is_vertical = (x - to_x).abs() < 0.5;
                    if is_vertical
                        && label.x < x
                        && x < label.x + label.width
                        && area.overlaps(*label)
                    {
                        faults.push(format!("`{}` runs through `{text}`", line.title));
                    }
                }
            }
        }
        faults
    }
}
