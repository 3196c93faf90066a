//! The two streams that a command prints to.
//!
//! In: text, with styles where it has some. Out: bytes; styles are dropped where colours are not wanted.

use std::ffi::OsStr;
use std::io::{self, BufWriter, ErrorKind, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::exit::Failure;
use crate::print::shell;

const RED: &str = "\x1b[1;31m";
const GREEN: &str = "\x1b[32m";
const DELETED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// Where a command prints to: data to one stream, everything else to the other.
pub(super) struct Console {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
}

impl Console {
    /// The streams of the process.
    pub(super) fn standard(color: ColorChoice) -> Self {
        Self {
            out: stream(io::stdout(), color),
            err: stream(io::stderr(), color),
        }
    }

    /// Data, as it is.
    ///
    /// # Errors
    /// When it cannot be written. A reader that has gone is a failure of its own, because it is none of ours.
    pub(super) fn data(&mut self, text: &str) -> Result<(), Failure> {
        let written = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::ReaderLeft),
            Err(error) => Err(Failure::Stopped(format!(
                "The output cannot be written: {error}.\nMake room, or send it elsewhere."
            ))),
        }
    }

    /// Everything else. Where stderr is closed nobody wants to know.
    pub(super) fn say(&mut self, text: &str) {
        let _ = self
            .err
            .write_all(text.as_bytes())
            .and_then(|()| self.err.flush());
    }

    /// One line of everything else.
    pub(super) fn line(&mut self, text: &str) {
        self.say(&format!("{text}\n"));
    }

    /// Why it ends here; further lines stand under the first.
    pub(super) fn error(&mut self, message: &str) {
        let message = message.trim_end().replace('\n', "\n       ");
        self.say(&format!("{RED}error{PLAIN}: {message}\n"));
    }
}

/// A stream that takes text with styles. What drops them hands it on in small pieces: they are put together again.
fn stream(raw: impl RawStream + 'static, color: ColorChoice) -> Box<dyn Write> {
    let color = match color {
        ColorChoice::Auto => AutoStream::choice(&raw),
        decided => decided,
    };
    let raw: Box<dyn Write> = Box::new(BufWriter::new(raw));
    Box::new(AutoStream::new(raw, color))
}

/// A line of a diff or of a list of changes, in the colour of its sign.
pub(super) fn signed(line: &str) -> String {
    let color = match line.chars().next() {
        Some('+') => GREEN,
        Some('-') => DELETED,
        Some('~') => YELLOW,
        _ => return line.to_owned(),
    };
    format!("{color}{line}{PLAIN}")
}

/// A text whose lines have signs.
pub(super) fn signed_lines(text: &str) -> String {
    text.lines()
        .flat_map(|line| [signed(line), "\n".to_owned()])
        .collect()
}

/// A word of a command line as one types it.
pub(super) fn typed(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    // Only a NUL cannot be quoted, and no argument of a process has one.
    shell::quote(&word).unwrap_or_else(|_| word.into_owned())
}

#[cfg(test)]
pub(super) use recording::Said;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it panics")]
mod recording {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// What was printed, without styles.
    #[derive(Clone, Default)]
    pub(in crate::cli) struct Said {
        out: Tape,
        err: Tape,
    }

    #[derive(Clone, Default)]
    struct Tape(Rc<RefCell<Vec<u8>>>);

    impl Tape {
        fn text(&self) -> String {
            let bytes = self.0.borrow();
            anstream::adapter::strip_str(std::str::from_utf8(&bytes).unwrap()).to_string()
        }
    }

    impl Said {
        pub(in crate::cli) fn out(&self) -> String {
            self.out.text()
        }

        pub(in crate::cli) fn err(&self) -> String {
            self.err.text()
        }
    }

    impl Write for Tape {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Console {
        /// A console that remembers.
        pub(in crate::cli) fn recording() -> (Self, Said) {
            let said = Said::default();
            let console = Self {
                out: Box::new(said.out.clone()),
                err: Box::new(said.err.clone()),
            };
            (console, said)
        }
    }
}
