//! What a template says: its tags as nodes, its expressions reduced to paths, calls and their parts.

use std::ops::Range;

/// A name and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// A template file.
#[derive(Debug, Default)]
pub(crate) struct Template {
    /// The template that it extends.
    pub(crate) extends: Option<Word>,
    /// Everything outside of components.
    pub(crate) nodes: Vec<Node>,
    /// The components that it defines.
    pub(crate) components: Vec<Component>,
    /// Every name in it that must exist, in the order written.
    pub(crate) uses: Vec<Use>,
    /// Every function call, in the order written.
    pub(crate) calls: Vec<Call>,
    /// Every name that `set` or `set_global` assigns to.
    pub(crate) sets: Vec<String>,
    /// Every block that it defines, outermost first, and whether it is inside another block.
    pub(crate) blocks: Vec<(Word, bool)>,
}

/// A name that must exist.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) kind: UseKind,
    pub(crate) name: Word,
}

/// What a name is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UseKind {
    Filter,
    Test,
    Function,
    Component,
    Include,
    Extends,
}

/// A tag, or a printed expression.
#[derive(Debug)]
pub(crate) enum Node {
    Print(Expression),
    If(Vec<Arm>),
    For(ForLoop),
    Set(Set),
    Include(Word),
    Block { name: Word, body: Vec<Node> },
    Filter { filters: Vec<Call>, body: Vec<Node> },
    Component { call: ComponentCall, body: Vec<Node> },
}

/// `if`, `elif` or `else`; `else` has no condition.
#[derive(Debug)]
pub(crate) struct Arm {
    pub(crate) condition: Option<Expression>,
    pub(crate) body: Vec<Node>,
}

/// `{% for key, value in over %}`.
#[derive(Debug)]
pub(crate) struct ForLoop {
    pub(crate) key: Option<String>,
    pub(crate) value: String,
    pub(crate) over: Expression,
    pub(crate) body: Vec<Node>,
    pub(crate) otherwise: Vec<Node>,
}

/// `{% set name = value %}`, or without a value `{% set name | filters %}body{% endset %}`.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) name: String,
    pub(crate) value: Option<Expression>,
    pub(crate) filters: Vec<Call>,
    pub(crate) body: Vec<Node>,
    pub(crate) global: bool,
}

/// `{% component Name(parameters) %}`.
#[derive(Debug)]
pub(crate) struct Component {
    pub(crate) name: Word,
    pub(crate) parameters: Vec<String>,
    pub(crate) body: Vec<Node>,
}

/// `<Name attribute={value} />`.
#[derive(Debug, Clone)]
pub(crate) struct ComponentCall {
    pub(crate) attributes: Vec<Expression>,
}

/// A function, filter or test with its named arguments.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: Word,
    pub(crate) arguments: Vec<(Word, Expression)>,
}

impl Call {
    /// The value of a named argument.
    pub(crate) fn argument(&self, name: &str) -> Option<&Expression> {
        self.arguments.iter().find(|(word, _)| word.text == name).map(|(_, value)| value)
    }
}

/// An expression. Precedence is not kept: no check depends on it.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Text(Word),
    Constant,
    Path(Path),
    Function(Call),
    Filtered(Box<Expression>, Call),
    Tested(Box<Expression>, Call),
    Component(ComponentCall),
    Comprehension {
        key: Option<String>,
        value: String,
        over: Box<Expression>,
        item: Box<Expression>,
        when: Option<Box<Expression>>,
    },
    /// Anything composed of other expressions by operators, brackets or indices.
    Parts(Vec<Expression>),
}

impl Expression {
    /// Calls `see` with each expression directly within this one.
    pub(crate) fn each_child<'a>(&'a self, see: &mut dyn FnMut(&'a Expression)) {
        match self {
            Expression::Text(_) | Expression::Constant => {}
            Expression::Path(path) => path.steps.iter().for_each(|(step, _)| match step {
                Step::Field(_) => {}
                Step::Index(index) => see(index),
                Step::Slice(parts) => parts.iter().for_each(&mut *see),
            }),
            Expression::Function(call) => call.arguments.iter().for_each(|(_, value)| see(value)),
            Expression::Filtered(inner, call) | Expression::Tested(inner, call) => {
                see(inner);
                call.arguments.iter().for_each(|(_, value)| see(value));
            }
            Expression::Component(call) => call.attributes.iter().for_each(see),
            Expression::Comprehension { over, item, when, .. } => {
                see(item);
                see(over);
                if let Some(when) = when {
                    see(when);
                }
            }
            Expression::Parts(parts) => parts.iter().for_each(see),
        }
    }
}

/// `root.field["field"][index]`.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) root: Word,
    /// Each step and where it ends.
    pub(crate) steps: Vec<(Step, usize)>,
}

/// A step of a path.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// `.name` or `["name"]`.
    Field(Word),
    /// `[expression]`.
    Index(Expression),
    /// `[from:to:step]`.
    Slice(Vec<Expression>),
}
