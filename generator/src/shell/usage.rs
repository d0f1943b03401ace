//! The command line as clap reads it, in the user's language: its help, and what is wrong with what was typed.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};
use messages::{Language, tr};

use super::arguments::Cli;

/// Parses the arguments.
///
/// # Errors
/// Clap's error (a mistake, or a request for help) with the text to print.
pub(super) fn parse() -> Result<Cli, (Error, String)> {
    let mut command = Cli::command();
    if Language::spoken() != Language::English {
        command.build();
        command = translated(command);
    }
    let cli = command.clone().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    cli.map_err(|error| {
        let text = explain(&error).unwrap_or_else(|| error.render().ansi().to_string());
        (error, text)
    })
}

/// A command with clap's own texts translated.
fn translated(command: Command) -> Command {
    let template = format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}\n", tr!("Usage:"));
    let command = match command.get_name() {
        "help" => command.about(tr!("Print this message or the help of the given subcommand(s)")),
        _ => command,
    };
    command
        .help_template(template)
        .subcommand_help_heading(tr!("Commands"))
        .subcommand_value_name(tr!("COMMAND"))
        .mut_args(argument)
        .mut_subcommands(translated)
}

fn argument(arg: Arg) -> Arg {
    match arg.get_id().as_str() {
        "help" => return arg.help(tr!("Print help")).long_help(tr!("Print help")),
        "version" => return arg.help(tr!("Print version")),
        _ => {}
    }
    let values = arg.get_possible_values();
    let takes_values = arg.get_action().takes_values();
    let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let mut notes = arg.get_help().map(ToString::to_string).unwrap_or_default();
    if takes_values && !default.is_empty() {
        notes += &tr!(" [default: {default}]", default = default.join(" "));
    }
    let names: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
    let mut long = notes.clone();
    if takes_values && !names.is_empty() {
        notes += &tr!(" [possible values: {values}]", values = names.join(", "));
        for value in &values {
            let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
            long += &format!("\n- {}{help}", value.get_name());
        }
    }
    arg.hide_default_value(true).hide_possible_values(true).help(notes).long_help(long)
}

/// Explains a mistake in what was typed; `None` for what clap says itself: help, the version, and rare mistakes.
fn explain(error: &Error) -> Option<String> {
    let one = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(" ")),
        _ => None,
    };
    let argument = one(ContextKind::InvalidArg);
    let what = match (error.kind(), argument) {
        (ErrorKind::UnknownArgument, Some(argument)) => tr!("unexpected argument `{argument}`"),
        (ErrorKind::InvalidSubcommand, _) => {
            let command = one(ContextKind::InvalidSubcommand)?;
            tr!("there is no command `{command}`")
        }
        (ErrorKind::MissingRequiredArgument, Some(argument)) => tr!("there must be more: {argument}"),
        (ErrorKind::InvalidValue, Some(argument)) => match one(ContextKind::InvalidValue)?.as_str() {
            "" => tr!("a value is missing after {argument}"),
            value => tr!("`{value}` is not a value for {argument}"),
        },
        (ErrorKind::ValueValidation, Some(argument)) => {
            let value = one(ContextKind::InvalidValue)?;
            tr!("`{value}` is not a value for {argument}")
        }
        (ErrorKind::ArgumentConflict, Some(argument)) => match one(ContextKind::PriorArg) {
            Some(other) if other != argument => tr!("{argument} and {other} exclude each other"),
            _ => tr!("{argument} is given twice"),
        },
        _ => return None,
    };
    let mut text = tr!("error: {what}\n");
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(meant) = meant.into_iter().find_map(one) {
        text += &tr!("  do you mean `{meant}`?\n");
    } else if let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue)
        && !values.is_empty()
    {
        let values = faults::suggest::either(values.iter().map(String::as_str));
        text += &tr!("  write {values}\n");
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = usage.to_string();
        let usage = usage.trim_start().trim_start_matches("Usage:").trim_start();
        text += &format!("\n{} {usage}\n", tr!("Usage:"));
    }
    text += tr!("\nFor more, try `--help`.\n");
    Some(text)
}
