//! The HTML of texts, and the faults reported about them.

use super::*;

fn read(text: &str) -> (Body, Vec<&'static str>) {
    let source = Source::new("content/pages/a.md", text);
    let body = render(&source, 0..text.len(), "fr", "content/pages");
    (body, source.take_faults().sorted().into_iter().map(|fault| fault.code).collect())
}

#[test]
fn links_and_pictures_become_marks() {
    let (body, faults) = read("[bol](product:bol) ![Un bol bleu](bol%20lune.jpg) [x](https://a.b)");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(&*body.html, "<p><a href=\"\0L0\0\">bol</a> \0I0\0 <a href=\"https://a.b\">x</a></p>\n");
    assert_eq!(&*body.images[0].path, "content/pages/bol lune.jpg");
    assert_eq!(body.images[0].alt.get(LangIx::DEFAULT), "Un bol bleu");
}

#[test]
fn headings_stand_below_the_title_and_have_unique_anchors() {
    let (body, _) = read("# Soin\n\n## Soin\n");
    let anchors: Vec<(&str, u8)> = body.headings.iter().map(|h| (&*h.id, h.level)).collect();
    assert_eq!(anchors, [("soin", 2), ("soin-2", 2)]);
    assert!(body.html.contains("<h2 id=\"soin-2\">"), "{}", body.html);
}

#[test]
fn unsafe_html_is_named_and_left_out() {
    let (body, faults) =
        read("a <script>alert(1)</script> <b onclick=\"x()\">gras</b>\n\n<div style=\"x\">y</div>\n");
    assert_eq!(faults, ["html-tag", "html-attribute", "html-attribute"]);
    assert_eq!(&*body.html, "<p>a  <b>gras</b></p>\n<div>y</div>\n");
    let (body, faults) = read("[x](javascript:alert(1))");
    assert_eq!(faults, ["link-scheme"]);
    assert!(!body.html.contains("javascript"));
}

#[test]
fn safe_inline_html_stays() {
    let (body, faults) = read("H<sub>2</sub>O et <abbr title=\"Code\">C</abbr>");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(&*body.html, "<p>H<sub>2</sub>O et <abbr title=\"Code\">C</abbr></p>\n");
}

#[test]
fn a_line_break_parts_words_in_headings_and_alternative_texts() {
    let (body, faults) =
        read("Bol\net *modèle*<br>bleu\n---\n\n![Un bol en grès\nbleu](b.jpg) ![a\\\nb<br>c](c.jpg)\n");
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(
        (&*body.headings[0].id, &*body.headings[0].title),
        ("bol-et-modele-bleu", "Bol et modèle bleu")
    );
    let alts: Vec<&str> = body.images.iter().map(|image| image.alt.get(LangIx::DEFAULT)).collect();
    assert_eq!(alts, ["Un bol en grès bleu", "a b c"]);
}

#[test]
fn tables_keep_their_alignment_beside_html() {
    let table = "| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | `style=\"text-align: left\"` |\n";
    for text in [table.to_owned(), format!("{table}\nH<sub>2</sub>O\n")] {
        let (body, faults) = read(&text);
        assert!(faults.is_empty(), "{faults:?}");
        for cell in [
            "<th class=\"align-left\">a</th><th class=\"align-center\">b</th><th class=\"align-right\">c</th><th>d</th>",
            "<td class=\"align-right\">3</td><td><code>style=\"text-align: left\"</code></td>",
        ] {
            assert!(body.html.contains(cell), "{}", body.html);
        }
    }
}

#[test]
fn nothing_that_markdown_makes_is_lost_beside_html() {
    let text = "1. a  \nb\n\n5) c\n\n---\n\n```js\nx />\n```\n\n## Soin {#x}\n\n~~d~~ <https://a.b> e[^1]\n\n> f\n\n[^1]: g\n";
    let (plain, faults) = read(text);
    assert!(faults.is_empty(), "{faults:?}");
    assert!(!plain.html.contains("<br />") && plain.html.contains("<hr>"), "{}", plain.html);
    let (beside, _) = read(&format!("{text}\n<b>h</b>\n"));
    assert_eq!(beside.html.replace("<p><b>h</b></p>\n", ""), &*plain.html);
}

#[test]
fn footnotes_have_anchors_of_their_own() {
    let text = "# Laine\n\n# Note 1\n\na[^laine] b[^Note-1] c[^LAINE]\n\n[^laine]: x\n\n[^note-1]: y\n";
    let (body, faults) = read(text);
    assert!(faults.is_empty(), "{faults:?}");
    let mut ids: Vec<&str> =
        body.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["laine", "note-1", "note_1", "note_2"], "{}", body.html);
    assert_eq!(body.html.matches("href=\"#note_1\"").count(), 2, "{}", body.html);
    assert!(!body.html.contains("[^"), "{}", body.html);
}

#[test]
fn a_heading_takes_an_anchor_and_nothing_else() {
    let (body, faults) = read("## Soin {#laver .x onclick=\"x()\" hidden}\n");
    assert_eq!(faults, ["html-attribute", "html-attribute"]);
    assert_eq!(&*body.html, "<h2 id=\"laver\">Soin</h2>\n");
}

#[test]
fn brackets_that_lead_nowhere_are_named_and_others_are_left_alone() {
    for (text, code) in [
        ("un [bol][lune]", "undefined-reference"),
        ("un [bol][]", "undefined-reference"),
        ("de la laine[^1]", "undefined-footnote"),
        ("![x](IMG 1234.JPG)", "unread-address"),
        ("![](IMG (1).jpg)", "unread-address"),
        ("[le plan](mon plan.pdf)", "unread-address"),
    ] {
        assert_eq!(read(text).1, [code], "{text}");
    }
    for text in [
        "un bol [sic], [a] (b c), `[a][b]`, \\[a][b], \\[a](b c)",
        "[a][b]\n\n[b]: https://a.b",
        "a[^1]\n\n[^1]: b",
        "![x](<IMG 1234.JPG>) ![x](IMG%201234.JPG) [y](https://a.b \"un titre\")",
        "    ![x](IMG 1.jpg)\n",
    ] {
        assert!(read(text).1.is_empty(), "{text}: {:?}", read(text).1);
    }
}
