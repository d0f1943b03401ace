//! Tera's template language, parsed once more for checks that Tera itself does not make.
//!
//! Tera keeps its tree private, so this module parses the same grammar (Tera 2.4) into a [`Template`] that keeps what the
//! checks need: names, paths and calls, each with its bytes. A template that Tera accepts and this parser does not is left
//! unchecked, never refused.

mod component;
mod expression;
mod lexer;
mod parser;
mod tree;

pub(crate) use parser::parse;
pub(crate) use tree::{Arm, Call, Component, Expression, Node, Path, Step, Template, Use, UseKind, Word};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uses(text: &str) -> Vec<String> {
        let template = parse(text).expect("readable");
        template.uses.iter().map(|used| format!("{:?} {}", used.kind, used.name.text)).collect()
    }

    fn paths(text: &str) -> Vec<String> {
        fn of(expression: &Expression, text: &str, into: &mut Vec<String>) {
            if let Expression::Path(path) = expression {
                let end = path.steps.last().map_or(path.root.span.end, |(_, end)| *end);
                into.push(text[path.root.span.start..end].to_owned());
            }
            expression.each_child(&mut |child| of(child, text, into));
        }
        let mut found = Vec::new();
        for node in &parse(text).expect("readable").nodes {
            match node {
                Node::Print(expression) => of(expression, text, &mut found),
                other => panic!("only printed expressions here, not {other:?}"),
            }
        }
        found
    }

    #[test]
    fn every_path_of_an_expression_is_found_once() {
        let text =
            r#"{{ a.b["c"][d.e] ~ f?.g | x(k=h.i) if j is y(z=k) else [l.m, ...n] }}{{ {"o": p, ...q} }}"#;
        assert_eq!(paths(text), ["a.b[\"c\"][d.e]", "d.e", "f?.g", "h.i", "j", "k", "l.m", "n", "p", "q"]);
    }

    #[test]
    fn strings_numbers_comments_and_raw_blocks_are_not_paths() {
        let text = "{# {{ a }} #}{% raw -%}{{ b }}{%- endraw %}{{ 'c.d' ~ \"e\\\"f\" ~ `g` ~ 1.5 ~ -2 ~ true ~ none }}";
        assert_eq!(paths(text), Vec::<String>::new());
    }

    #[test]
    fn operators_and_slices_are_understood() {
        let text = "{{ a not in b and not c or d is not odd }}{{ e[1:f.g:2] }}{{ (h + i) * j ** 2 // -k }}";
        assert_eq!(paths(text), ["a", "b", "c", "d", "e[1:f.g:2]", "f.g", "h", "i", "j", "k"]);
    }

    #[test]
    fn a_comprehension_keeps_its_parts() {
        let template = parse("{{ [x.a for x in b.c if x.d] }}").expect("readable");
        assert!(matches!(
            &template.nodes[..],
            [Node::Print(Expression::Comprehension { value, when: Some(_), .. })] if value == "x"
        ));
    }

    #[test]
    fn what_a_template_uses_is_listed_with_its_kind() {
        assert_eq!(
            uses(
                "{% extends \"petit/base.html\" %}{% block b %}{{ t(key='a') | upper }}{{ <ui.Card a={b} c /> }}\
                 {% if x is defined %}{% include 'parts/a.html' %}{% endif %}\
                 {% <Box {...rest}> %}{{ super() }}{% </Box> %}{% set s | trim %}x{% endset %}\
                 {% filter lower %}y{% endfilter %}{% endblock b %}"
            ),
            [
                "Extends petit/base.html",
                "Function t",
                "Filter upper",
                "Component ui.Card",
                "Test defined",
                "Include parts/a.html",
                "Component Box",
                "Function super",
                "Filter trim",
                "Filter lower"
            ]
        );
    }

    #[test]
    fn components_are_read_apart_from_the_page() {
        let template = parse("{% component Card(title: string = \"x\", @lang, ...rest) {\"a\": 1} %}{{ title }}{% endcomponent Card %}")
            .expect("readable");
        assert!(template.nodes.is_empty());
        assert_eq!(template.components[0].name.text, "Card");
        assert_eq!(template.components[0].parameters, ["title", "lang", "rest"]);
    }

    /// Pieces of templates, so that random text reaches the parser's corner cases.
    const PIECES: &str = "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}|-|if|else|elif|endif|for|in|endfor|set|endset|block|endblock|include|\
        extends|component|endcomponent|raw|endraw|filter|endfilter|a|b\\.c|t\\(key='a'\\)|\\[|\\]|\\(|\\)|\\.|\\?|\\||<|/>|>|=|'|\"|\
        \\.\\.\\.|@|1|é| |\n)";

    proptest! {
        #[test]
        fn no_text_panics(text in "[\\PC\n{}%#]{0,80}", pieces in prop::collection::vec(PIECES, 0..60)) {
            let _ = parse(&text);
            let _ = parse(&pieces.concat());
            let _ = parse(&pieces.join(" "));
        }

        #[test]
        fn what_tera_accepts_this_parser_accepts(pieces in prop::collection::vec(PIECES, 0..12)) {
            let text = pieces.join(" ");
            let verdict = tera::Tera::default().add_raw_template("a", &text);
            let syntax = matches!(&verdict, Err(error) if matches!(error.kind(), tera::ErrorKind::SyntaxError(_)));
            prop_assert!(syntax || parse(&text).is_some(), "{}", text);
        }

        #[test]
        fn deep_nesting_ends_early(depth in 100usize..3_000) {
            let brackets = format!("{{{{ {} }}}}", "(".repeat(depth));
            let tags = "{% if a %}".repeat(depth);
            prop_assert!(parse(&brackets).is_none() && parse(&tags).is_none());
        }
    }
}
