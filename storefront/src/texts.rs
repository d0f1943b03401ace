//! `t(key=…, n=…, name=…)`: how templates ask for the theme's texts, on pages and in what the till says alike.

use std::borrow::Cow;

use catalog::words::is_html;
use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::refusal::RefusalCode;
use crate::views::MAILS;

/// What a template passes for the placeholders of a text, by name, ready to be put in.
pub type Values<'a> = &'a dyn Fn(&str) -> Option<Cow<'a, str>>;

/// Registers `t` over `text`, which puts the text of a key together; `n` picks the plural form and fills `{n}`. The values for a
/// text that is markup come escaped, and it is printed as it is.
pub fn register(
    tera: &mut Tera,
    text: impl Fn(&str, Option<i64>, Values<'_>) -> Result<String, String> + Send + Sync + 'static,
) {
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let key = kwargs.must_get::<&str>("key")?;
        let n = kwargs.get::<i64>("n")?;
        let html = is_html(key);
        let value = |name: &str| {
            let value = kwargs.get::<&Value>(name).ok().flatten().filter(|value| !value.is_undefined())?;
            let text = if html { state.escape_if_needed(value).ok()? } else { value.to_string() };
            Some(Cow::Owned(text))
        };
        let text = text(key, n, &value).map_err(tera::Error::message)?;
        Ok(if html { Value::safe_string(&text) } else { Value::from(text) })
    });
}

/// The texts that the till asks for itself, whatever a theme's templates do: a theme with a till needs each.
pub fn of_the_till() -> impl Iterator<Item = String> {
    let own = [
        "cart.title",
        "cart.gift",
        "cart.made_in",
        "cart.days",
        "cart.days_between",
        "cart.pickup_days",
        "cart.pickup_between",
        "cart.less",
        "cart.less_together",
        "cart.note_refused",
        "till.order.document_title",
        "till.link.title",
        "till.refusal.title",
    ];
    let refusals = RefusalCode::ALL.iter().map(|code| format!("till.refusal.{code}"));
    let subjects = MAILS.iter().map(|mail| format!("mail.{mail}.subject"));
    own.into_iter().map(str::to_owned).chain(refusals).chain(subjects)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> String {
        let mut tera = Tera::new();
        register(&mut tera, |key, n, value| match key {
            "none" => Err("there is no text `none`".to_owned()),
            _ => Ok(format!("{n:?} <b>{}</b>", value("name").unwrap_or_default())),
        });
        let told = |error: tera::Error| error.to_string();
        let out = tera.add_raw_template("page.html", template);
        out.map_err(told)
            .and_then(|()| tera.render("page.html", &tera::Context::new()).map_err(told))
            .unwrap_or_else(|told| told)
    }

    #[test]
    fn a_text_is_escaped_once_and_of_markup_only_what_is_put_into_it() {
        assert_eq!(rendered("{{ t(key='a', name='<i>') }}"), "None &lt;b&gt;&lt;i&gt;&lt;/b&gt;");
        assert_eq!(rendered("{{ t(key='a_html', name='<i>', n=2) }}"), "Some(2) <b>&lt;i&gt;</b>");
        assert_eq!(rendered("{{ t(key='a_html') }}"), "None <b></b>");
    }

    #[test]
    fn what_has_no_text_is_told() {
        assert!(rendered("{{ t(key='none') }}").contains("there is no text `none`"));
        assert!(rendered("{{ t(n=1) }}").contains("key"));
    }
}
