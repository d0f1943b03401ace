//! A mistake in a stylesheet: where it is, what it is, and what to write instead.

use messages::tr;

/// One mistake and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleFault {
    /// The sheet's name as it was given.
    pub sheet: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters (not bytes, not UTF-16 units), from 1.
    pub column: u32,
    /// What is wrong, one line.
    pub message: String,
    pub(crate) mistake: Mistake,
}

/// The kinds of mistakes, which determine the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The parser's message.
    Syntax(String),
    /// `@import`.
    Import,
    /// An address on another host.
    Elsewhere(String),
    /// An address of a file that does not exist.
    Missing(String),
    /// A number that should be a length.
    NoUnit(String),
    /// lightningcss failed on a sheet that it should have accepted or refused.
    Compiler(String),
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&match self {
            Self::Syntax(words) => words.clone(),
            Self::Import => tr!("@import is not needed here and not supported").to_owned(),
            Self::Elsewhere(url) => tr!("url({url}) loads something from elsewhere"),
            Self::Missing(url) => tr!("url({url}) does not exist in the theme"),
            Self::NoUnit(number) => tr!("`{number}` needs a unit: browsers ignore the declaration"),
            Self::Compiler(reason) => tr!("the stylesheet could not be compiled: {reason}"),
        })
    }
}

impl StyleFault {
    pub(crate) fn new(sheet: &str, (line, column): (u32, u32), mistake: Mistake) -> Self {
        Self { sheet: sheet.to_owned(), line, column, message: mistake.to_string(), mistake }
    }

    /// What to write instead, one sentence.
    pub fn help(&self) -> String {
        match &self.mistake {
            Mistake::Syntax(_) => tr!("compare with the rule's syntax on developer.mozilla.org/docs/Web/CSS").into(),
            Mistake::Import => {
                tr!("remove the line: all files in styles/ are joined in the order of their names (10-..., 20-...)").into()
            }
            Mistake::Elsewhere(_) => {
                tr!("put the file into the theme and give its path: a shop's page loads nothing from other sites").into()
            }
            Mistake::Missing(_) => {
                tr!("check the path: it counts from the stylesheet's own folder, and capital letters matter").into()
            }
            Mistake::NoUnit(number) => tr!("write `{number}px` or another unit of length"),
            Mistake::Compiler(_) => {
                tr!("simplify the rule; if it is valid CSS, please report it with the stylesheet").into()
            }
        }
    }
}

impl std::fmt::Display for StyleFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: {}", self.sheet, self.line, self.column, self.message)
    }
}

impl std::error::Error for StyleFault {}
