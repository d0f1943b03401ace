//! Stripe's own Python package judges requests (`official/judge.py`): as far as types can tell, the simulator agrees.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/tools.rs"]
mod tools;

use std::process::Command;

use common::{NOW, but, create, pairs, refusal, stripe};
use serde_json::{Value, json};
use tools::{is_current, official, run};

const INSTALL: &str = "This test needs Python 3.10 or newer with venv and pip, and a package registry to install from once.\n\
                       On Debian and Ubuntu: sudo apt-get install -y python3 python3-venv; then: \
                       python3 -m venv simulator/tests/official/.venv && simulator/tests/official/.venv/bin/pip install -r \
                       simulator/tests/official/requirements.txt";

type Form = Vec<(String, String)>;

fn judge(forms: &[Form]) -> (Vec<Option<String>>, Vec<String>) {
    let folder = official();
    let python = folder.join(".venv/bin/python");
    let (marker, wanted) = (folder.join(".venv/installed.txt"), folder.join("requirements.txt"));
    if !is_current(&marker, &wanted) {
        run(Command::new("python3").args(["-m", "venv", ".venv"]).current_dir(&folder), "", INSTALL);
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"]);
        run(pip.current_dir(&folder), "", INSTALL);
        std::fs::copy(&wanted, &marker).unwrap();
    }
    let asked = json!({ "forms": forms }).to_string();
    let said = run(Command::new(&python).arg("judge.py").current_dir(&folder), &asked, INSTALL);
    let said: Value = serde_json::from_str(&said).unwrap();
    let verdicts = said["verdicts"].as_array().unwrap().iter();
    let paths = said["paths"].as_array().unwrap().iter();
    (
        verdicts.map(|verdict| verdict.as_str().map(str::to_owned)).collect(),
        paths.map(|path| path.as_str().unwrap().to_owned()).collect(),
    )
}

/// Required by Stripe, although its types do not say so: they depend on the mode or on one another.
const REQUIRED_ALL_THE_SAME: &[&str] = &[
    "mode",
    "success_url",
    "[quantity]",
    "[unit_amount]",
    "[fixed_amount][amount]",
    "[fixed_amount][currency]",
];
/// Of type text, but checked further by Stripe.
const MORE_THAN_TEXT: &[&str] =
    &["success_url", "cancel_url", "[currency]", "customer_email", "[button_color]"];

fn ends_with_any(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

/// Every parameter of a rich request left out, renamed, or with an invalid value.
fn mutants() -> Vec<(String, Form)> {
    let rich = but(&[
        ("customer_email", "ada@example.com"),
        ("billing_address_collection", "auto"),
        ("phone_number_collection[enabled]", "true"),
        ("consent_collection[terms_of_service]", "required"),
        ("custom_text[submit][message]", "Merci"),
        ("customer_creation", "if_required"),
        ("payment_intent_data[receipt_email]", "ada@example.com"),
        ("payment_method_options[card][request_three_d_secure]", "automatic"),
        ("branding_settings[display_name]", "Mon Petit Bazaar"),
        ("branding_settings[button_color]", "#24507a"),
        ("branding_settings[border_style]", "rounded"),
        ("branding_settings[font_family]", "inter"),
        ("wallet_options[link][display]", "never"),
        ("origin_context", "web"),
        ("ui_mode", "hosted_page"),
    ]);
    let mut mutants =
        vec![("nothing changed".to_owned(), rich.clone()), ("the usual request".to_owned(), pairs())];
    for place in 0..rich.len() {
        let name = &rich[place].0;
        let mut renamed = rich.clone();
        renamed[place].0 = match name.strip_suffix(']') {
            Some(inner) => format!("{inner}x]"),
            None => format!("{name}x"),
        };
        // Keys of metadata are free, and positions in a list are numbers.
        let free = name.contains("metadata[") || name.ends_with("0]") || name.ends_with("1]");
        if !free {
            mutants.push((format!("{name} renamed"), renamed));
        }
        let mut nonsense = rich.clone();
        nonsense[place].1 = "nonsense".to_owned();
        if !ends_with_any(name, MORE_THAN_TEXT) && !name.ends_with("_email]") {
            mutants.push((format!("{name}=nonsense"), nonsense));
        }
        // Leaving out a list's position makes a list with a gap, which Stripe's encoding cannot express.
        if !ends_with_any(name, REQUIRED_ALL_THE_SAME) && !name.ends_with("0]") {
            let mut without = rich.clone();
            without.remove(place);
            mutants.push((format!("{name} left out"), without));
        }
    }
    mutants
}

#[test]
fn types_of_stripes_own_package_and_the_stand_in_say_the_same() {
    let mutants = mutants();
    let forms: Vec<Form> = mutants.iter().map(|(_, form)| form.clone()).collect();
    let (verdicts, paths) = judge(&forms);
    let mut differing = Vec::new();
    let mut refused = 0;
    for ((what, form), verdict) in mutants.iter().zip(&verdicts) {
        let answer = stripe().request(&create(form), NOW);
        refused += usize::from(answer.status != 200);
        if (answer.status == 200) != verdict.is_none() {
            differing.push(format!("{what}: here {:?}, Stripe's types {verdict:?}", refusal(&answer)));
        }
    }
    assert!(differing.is_empty(), "of {} requests:\n{}", mutants.len(), differing.join("\n"));
    assert!(mutants.len() > 100 && refused > 60, "{refused} of {} were refused", mutants.len());

    // No parameter that Stripe knows is unknown here.
    assert!(paths.len() > 200, "{} parameters", paths.len());
    for path in &paths {
        let answer = stripe().request(&create(&but(&[(path, "x")])), NOW);
        assert_ne!(refusal(&answer).1, "parameter_unknown", "{path}: {}", answer.body);
    }
}
