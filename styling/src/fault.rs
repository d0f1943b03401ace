//! A mistake in a stylesheet: where it is, what it is, and what to write instead.

/// One mistake, at a place a person can go to.
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

/// The kinds of mistakes, which decide what helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    /// The parser's words.
    #[error("{0}")]
    Syntax(String),
    #[error("@import is not needed here and not supported")]
    Import,
    #[error("url({0}) loads something from elsewhere")]
    Elsewhere(String),
    #[error("url({0}) does not exist in the theme")]
    Missing(String),
    #[error("`{0}` needs a unit: browsers ignore the declaration")]
    NoUnit(String),
    /// lightningcss failed on a sheet that it should have read or refused.
    #[error("the stylesheet could not be compiled: {0}")]
    Compiler(String),
}

impl StyleFault {
    pub(crate) fn new(sheet: &str, (line, column): (u32, u32), mistake: Mistake) -> Self {
        Self { sheet: sheet.to_owned(), line, column, message: mistake.to_string(), mistake }
    }

    /// What to write instead, one sentence.
    pub fn help(&self) -> String {
        match &self.mistake {
            Mistake::Syntax(_) => "compare with the rule's syntax on developer.mozilla.org/docs/Web/CSS".into(),
            Mistake::Import => {
                "remove the line: all files in styles/ are joined in the order of their names (10-..., 20-...)".into()
            }
            Mistake::Elsewhere(_) => {
                "put the file into the theme and give its path: a shop's page loads nothing from other sites".into()
            }
            Mistake::Missing(_) => {
                "check the path: it counts from the stylesheet's own folder, and capital letters matter".into()
            }
            Mistake::NoUnit(number) => format!("write `{number}px` or another unit of length"),
            Mistake::Compiler(_) => {
                "simplify the rule; if it is valid CSS, please report it with the stylesheet".into()
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
