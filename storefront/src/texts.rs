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

macro_rules! till_texts {
    ($($(#[$doc:meta])* $name:ident = $key:literal),+ $(,)?) => {
        /// A text that the till asks for itself, whatever a theme's templates do: a theme with a till needs each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum TillText {
            $($(#[$doc])* $name,)+
            /// A refusal.
            Refusal(RefusalCode),
            /// Subject of one of [`MAILS`].
            Subject(&'static str),
        }

        impl TillText {
            /// Every one.
            pub fn all() -> impl Iterator<Item = TillText> {
                let refusals = RefusalCode::ALL.iter().copied().map(TillText::Refusal);
                [$(TillText::$name),+].into_iter().chain(refusals).chain(MAILS.into_iter().map(TillText::Subject))
            }

            /// Its key in a theme's translations.
            pub fn key(self) -> Cow<'static, str> {
                match self {
                    $(TillText::$name => Cow::Borrowed($key),)+
                    TillText::Refusal(code) => Cow::Owned(format!("till.refusal.{code}")),
                    TillText::Subject(mail) => Cow::Owned(format!("mail.{mail}.subject")),
                }
            }
        }
    };
}

till_texts! {
    /// Heading of the cart's page.
    CartTitle = "cart.title",
    /// Label of the words that go with a present.
    Gift = "cart.gift",
    /// Until a piece is made, by working days.
    MadeIn = "cart.made_in",
    /// Until a parcel arrives, by working days.
    Days = "cart.days",
    /// The same from one number of days to another.
    DaysBetween = "cart.days_between",
    /// Until it can be collected, by working days.
    PickupDays = "cart.pickup_days",
    /// The same from one number of days to another.
    PickupBetween = "cart.pickup_between",
    /// Of a line of the cart: fewer pieces are left.
    Less = "cart.less",
    /// Of several lines of the cart: fewer pieces are left for all of them.
    LessTogether = "cart.less_together",
    /// The words for a piece are refused.
    NoteRefused = "cart.note_refused",
    /// Title of an order's page.
    OrderTitle = "till.order.document_title",
    /// Title of the page for lost links.
    LinkTitle = "till.link.title",
    /// Heading of a refusal.
    RefusalTitle = "till.refusal.title",
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
