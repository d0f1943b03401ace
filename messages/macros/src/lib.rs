//! The macros of `messages`. Each expands to the message in every language and selects one at run time, so that a message
//! missing from the catalogue is an error for the compiler and not for the owner.

mod catalogue;
mod placeholders;

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, LitStr, Result, Token};

use catalogue::Translated;
use placeholders::placeholders;

/// See `messages::tr`.
#[proc_macro]
pub fn tr(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    finish(syn::parse(input).and_then(|message: Message| message.expand()))
}

/// See `messages::trn`.
#[proc_macro]
pub fn trn(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    finish(syn::parse(input).and_then(|counted: Counted| counted.expand()))
}

fn finish(expanded: Result<TokenStream>) -> proc_macro::TokenStream {
    expanded.unwrap_or_else(|error| error.to_compile_error()).into()
}

/// `"text", name = value, ...`, or `"context" => "text", ...`
struct Message {
    /// Distinguishes two messages with the same English (gettext's msgctxt).
    context: Option<LitStr>,
    text: LitStr,
    /// Everything after the text, with its comma.
    arguments: TokenStream,
}

impl Parse for Message {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let text: LitStr = input.parse()?;
        let (context, text) = match input.parse::<Option<Token![=>]>>()? {
            Some(_) => (Some(text), input.parse()?),
            None => (None, text),
        };
        Ok(Message { context, text, arguments: input.parse()? })
    }
}

impl Message {
    fn expand(&self) -> Result<TokenStream> {
        let span = self.text.span();
        let Translated::One(french) = translated(self.context.as_ref(), &self.text)? else {
            return Err(Error::new(
                span,
                "fr.po has plural forms for this message: use `trn!`, or take them away there",
            ));
        };
        same_placeholders(&self.text, french)?;
        let (english, french) = if placeholders(&self.text.value()).is_empty() && self.arguments.is_empty() {
            (
                Literal::string(&plain(&self.text.value())).into_token_stream(),
                Literal::string(&plain(french)).into_token_stream(),
            )
        } else {
            (formatted(&self.text.value(), span, &self.arguments), formatted(french, span, &self.arguments))
        };
        Ok(quote! {
            match ::messages::Language::spoken() {
                ::messages::Language::English => #english,
                ::messages::Language::French => #french,
            }
        })
    }
}

/// `count, "one", "many"`
struct Counted {
    count: Expr,
    one: LitStr,
    many: LitStr,
}

impl Parse for Counted {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let count = input.parse()?;
        input.parse::<Token![,]>()?;
        let one = input.parse()?;
        input.parse::<Token![,]>()?;
        let many = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(Counted { count, one, many })
    }
}

impl Counted {
    fn expand(&self) -> Result<TokenStream> {
        let Counted { count, one, many } = self;
        let Translated::Plural { source, one: french_one, many: french_many } = translated(None, one)? else {
            return Err(Error::new(
                one.span(),
                "fr.po has one form for this message: give it msgid_plural, msgstr[0] and msgstr[1]",
            ));
        };
        if *source != many.value() {
            return Err(Error::new(
                many.span(),
                format!("fr.po has another plural for this message: {source}"),
            ));
        }
        // The singular may leave out the number: "one photo".
        if !placeholders(french_one).iter().all(|name| placeholders(&many.value()).contains(name)) {
            return Err(Error::new(
                one.span(),
                format!("its French in fr.po has other placeholders: {french_one}"),
            ));
        }
        same_placeholders(many, french_many)?;
        let form = |text: &str| formatted(text, one.span(), &TokenStream::new());
        let (english_one, english_many) = (form(&one.value()), form(&many.value()));
        let (french_one, french_many) = (form(french_one), form(french_many));
        Ok(quote! {
            match (::messages::Language::spoken(), #count) {
                (::messages::Language::English, 1) => #english_one,
                (::messages::Language::English, _) => #english_many,
                (::messages::Language::French, 0 | 1) => #french_one,
                (::messages::Language::French, _) => #french_many,
            }
        })
    }
}

/// The French of a message; if it is missing, the compiler shows what to add.
fn translated(context: Option<&LitStr>, message: &LitStr) -> Result<&'static Translated> {
    let english = message.value();
    if placeholders(&english)
        .iter()
        .any(|name| name.is_empty() || name.starts_with(|c: char| c == ':' || c.is_ascii_digit()))
    {
        return Err(Error::new(message.span(), "give each placeholder a name: translations order them anew"));
    }
    let catalogue = catalogue::french().map_err(|error| Error::new(message.span(), error))?;
    let context = context.map(LitStr::value);
    catalogue.get(&(context.clone(), english.clone())).ok_or_else(|| {
        let context = context.map(|context| format!("msgctxt {context:?}\n")).unwrap_or_default();
        Error::new(
            message.span(),
            format!(
                "no French for this message. Add it to messages/fr.po:\n\n{context}msgid {english:?}\nmsgstr \"\"\n"
            ),
        )
    })
}

fn same_placeholders(message: &LitStr, french: &str) -> Result<()> {
    if placeholders(&message.value()) == placeholders(french) {
        return Ok(());
    }
    Err(Error::new(message.span(), format!("its French in fr.po has other placeholders: {french}")))
}

/// `format!` of a text that captures variables at the message's place.
fn formatted(text: &str, span: Span, arguments: &TokenStream) -> TokenStream {
    let mut literal = Literal::string(text);
    literal.set_span(span);
    quote!(::std::format!(#literal #arguments))
}

/// A text without placeholders as `format!` prints it.
fn plain(text: &str) -> String {
    text.replace("{{", "{").replace("}}", "}")
}
