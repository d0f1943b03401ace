//! The parameters of `POST /v1/checkout/sessions` in API version 2026-09-30.endive, from Stripe's published description
//! (`params/checkout/_session_create_params.py` of its Python package 16.0).

use super::{Field, Kind, field, required};

/// In the newest version, which dropped `payment_method_types`.
pub(crate) const CREATE_SESSION: &[Field] = &FIELDS;

/// In versions before endive.
pub(crate) const CREATE_SESSION_BEFORE_ENDIVE: &[Field] = &{
    let mut older = [field("payment_method_types", Kind::List(&METHOD, 30)); COUNT + 1];
    let mut place = 0;
    while place < COUNT {
        older[place] = CREATE_SESSION[place];
        place += 1;
    }
    older
};

const COUNT: usize = FIELDS.len();

const FIELDS: [Field; 51] = [
    field("adaptive_pricing", Kind::Object(&[field("enabled", Kind::Flag)])),
    field("after_expiration", Kind::Beyond),
    field("allow_promotion_codes", Kind::Flag),
    field("allowed_payment_method_types", Kind::List(&METHOD, 60)),
    field("automatic_tax", Kind::Object(AUTOMATIC_TAX)),
    field("billing_address_collection", Kind::Choice(&["auto", "required"])),
    field("branding_settings", Kind::Object(BRANDING)),
    field("cancel_url", Kind::Url),
    field("client_reference_id", Kind::Text(200)),
    field("consent_collection", Kind::Object(CONSENT)),
    field("currency", Kind::Currency),
    field("custom_fields", Kind::Beyond),
    field("custom_text", Kind::Object(CUSTOM_TEXT)),
    field("customer", Kind::Beyond),
    field("customer_account", Kind::Beyond),
    field("customer_creation", Kind::Choice(&["always", "if_required"])),
    field("customer_email", Kind::Email),
    field("customer_update", Kind::Beyond),
    field("discounts", Kind::Beyond),
    field("excluded_payment_method_types", Kind::List(&METHOD, 60)),
    field("expand", Kind::List(&Kind::Text(200), 20)),
    field("expires_at", Kind::Integer(0, i64::MAX)),
    field("integration_identifier", Kind::Text(200)),
    field("invoice_creation", Kind::Beyond),
    required("line_items", Kind::List(&Kind::Object(LINE), 100)),
    field("locale", Kind::Choice(LOCALES)),
    field("managed_payments", Kind::Object(&[field("enabled", Kind::Flag)])),
    field("metadata", Kind::Metadata),
    required("mode", Kind::Choice(&["payment", "setup", "subscription"])),
    field("name_collection", Kind::Beyond),
    field("optional_items", Kind::Beyond),
    field("origin_context", Kind::Choice(&["mobile_app", "web"])),
    field("payment_intent_data", Kind::Object(INTENT)),
    field("payment_method_collection", Kind::Choice(&["always", "if_required"])),
    field("payment_method_configuration", Kind::Beyond),
    field("payment_method_data", Kind::Beyond),
    field("payment_method_options", Kind::Object(METHOD_OPTIONS)),
    field("permissions", Kind::Beyond),
    field("phone_number_collection", Kind::Object(&[required("enabled", Kind::Flag)])),
    field("redirect_on_completion", Kind::Choice(&["always", "if_required", "never"])),
    field("return_url", Kind::Url),
    field("saved_payment_method_options", Kind::Beyond),
    field("setup_intent_data", Kind::Beyond),
    field("shipping_address_collection", Kind::Object(&[required("allowed_countries", COUNTRIES)])),
    field("shipping_options", Kind::List(&Kind::Object(SHIPPING_OPTION), 5)),
    field("submit_type", Kind::Choice(&["auto", "book", "donate", "pay", "subscribe"])),
    field("subscription_data", Kind::Beyond),
    field("success_url", Kind::Url),
    field("tax_id_collection", Kind::Beyond),
    field("ui_mode", Kind::Choice(&["elements", "embedded_page", "form", "hosted_page"])),
    field("wallet_options", Kind::Object(&[field("link", Kind::Object(WALLET_LINK))])),
];

const METHOD: Kind = Kind::Choice(METHODS);
const COUNTRIES: Kind = Kind::List(&Kind::Country, 300);
const WALLET_LINK: &[Field] = &[field("display", Kind::Choice(&["auto", "never"]))];
const TAX_BEHAVIOR: Kind = Kind::Choice(&["exclusive", "inclusive", "unspecified"]);
const AMOUNT: Kind = Kind::Integer(0, 99_999_999);

const AUTOMATIC_TAX: &[Field] = &[required("enabled", Kind::Flag), field("liability", Kind::Beyond)];

const BRANDING: &[Field] = &[
    field("background_color", Kind::Clearable(7)),
    field("border_style", Kind::ClearableChoice(&["pill", "rectangular", "rounded"])),
    field("button_color", Kind::Clearable(7)),
    field("display_name", Kind::Text(250)),
    field("font_family", Kind::ClearableChoice(FONTS)),
    field("icon", Kind::Beyond),
    field("logo", Kind::Beyond),
];

const CONSENT: &[Field] = &[
    field("payment_method_reuse_agreement", Kind::Beyond),
    field("promotions", Kind::Choice(&["auto", "none"])),
    field("terms_of_service", Kind::Choice(&["none", "required"])),
];

const MESSAGE: Kind = Kind::Object(&[required("message", Kind::Text(1_200))]);

const CUSTOM_TEXT: &[Field] = &[
    field("after_submit", MESSAGE),
    field("shipping_address", MESSAGE),
    field("submit", MESSAGE),
    field("terms_of_service_acceptance", MESSAGE),
];

const LINE: &[Field] = &[
    field("adjustable_quantity", Kind::Beyond),
    field("metadata", Kind::Metadata),
    field("price", Kind::Beyond),
    required("price_data", Kind::Object(PRICE)),
    required("quantity", Kind::Integer(1, 999_999)),
    field("tax_rates", Kind::Beyond),
];

const PRICE: &[Field] = &[
    required("currency", Kind::Currency),
    field("product", Kind::Beyond),
    required("product_data", Kind::Object(PRODUCT)),
    field("recurring", Kind::Beyond),
    field("tax_behavior", TAX_BEHAVIOR),
    required("unit_amount", AMOUNT),
    field("unit_amount_decimal", Kind::Beyond),
];

const PRODUCT: &[Field] = &[
    field("description", Kind::Text(40_000)),
    field("images", Kind::List(&Kind::Url, 8)),
    field("metadata", Kind::Metadata),
    required("name", Kind::Text(250)),
    field("tax_code", Kind::Text(200)),
    field("tax_details", Kind::Beyond),
    field("unit_label", Kind::Text(12)),
];

const INTENT: &[Field] = &[
    field("application_fee_amount", Kind::Beyond),
    field("capture_method", Kind::Choice(&["automatic", "automatic_async", "manual"])),
    field("description", Kind::Text(1_000)),
    field("metadata", Kind::Metadata),
    field("on_behalf_of", Kind::Beyond),
    field("receipt_email", Kind::Email),
    field("setup_future_usage", Kind::Choice(&["off_session", "on_session"])),
    field("shipping", Kind::Object(INTENT_SHIPPING)),
    field("statement_descriptor", Kind::Text(22)),
    field("statement_descriptor_suffix", Kind::Text(22)),
    field("transfer_data", Kind::Beyond),
    field("transfer_group", Kind::Text(200)),
];

const INTENT_SHIPPING: &[Field] = &[
    required("address", Kind::Object(ADDRESS)),
    field("carrier", Kind::Text(250)),
    required("name", Kind::Text(250)),
    field("phone", Kind::Text(50)),
    field("tracking_number", Kind::Text(250)),
];

const ADDRESS: &[Field] = &[
    field("city", Kind::Text(250)),
    field("country", Kind::Country),
    required("line1", Kind::Text(250)),
    field("line2", Kind::Text(250)),
    field("postal_code", Kind::Text(50)),
    field("state", Kind::Text(250)),
];

const SHIPPING_OPTION: &[Field] =
    &[field("shipping_rate", Kind::Beyond), required("shipping_rate_data", Kind::Object(RATE))];

const RATE: &[Field] = &[
    field("delivery_estimate", Kind::Object(ESTIMATE)),
    required("display_name", Kind::Text(100)),
    field("fixed_amount", Kind::Object(FIXED_AMOUNT)),
    field("metadata", Kind::Metadata),
    field("tax_behavior", TAX_BEHAVIOR),
    field("tax_code", Kind::Text(200)),
    field("type", Kind::Choice(&["fixed_amount"])),
];

const FIXED_AMOUNT: &[Field] = &[
    required("amount", AMOUNT),
    required("currency", Kind::Currency),
    field("currency_options", Kind::Beyond),
];

const ESTIMATE: &[Field] =
    &[field("maximum", Kind::Object(ESTIMATE_BOUND)), field("minimum", Kind::Object(ESTIMATE_BOUND))];

const ESTIMATE_BOUND: &[Field] = &[
    required("unit", Kind::Choice(&["business_day", "day", "hour", "month", "week"])),
    required("value", Kind::Integer(1, 999)),
];

const IF_AVAILABLE: Kind = Kind::Choice(&["if_available", "never"]);

const CARD: &[Field] = &[
    field("capture_method", Kind::Choice(&["manual"])),
    field("installments", Kind::Object(&[field("enabled", Kind::Flag)])),
    field("request_extended_authorization", IF_AVAILABLE),
    field("request_incremental_authorization", IF_AVAILABLE),
    field("request_multicapture", IF_AVAILABLE),
    field("request_overcapture", IF_AVAILABLE),
    field("request_three_d_secure", Kind::Choice(&["any", "automatic", "challenge"])),
    field("restrictions", Kind::Beyond),
    field("setup_future_usage", Kind::Choice(&["off_session", "on_session"])),
    field("statement_descriptor_suffix_kana", Kind::Text(22)),
    field("statement_descriptor_suffix_kanji", Kind::Text(17)),
];

const SEPA_DEBIT: &[Field] = &[
    field("mandate_options", Kind::Beyond),
    field("setup_future_usage", Kind::Choice(&["none", "off_session", "on_session"])),
    field("target_date", Kind::Text(10)),
];

const METHOD_OPTIONS: &[Field] = &[
    field("card", Kind::Object(CARD)),
    field("sepa_debit", Kind::Object(SEPA_DEBIT)),
    field("acss_debit", Kind::Beyond),
    field("affirm", Kind::Beyond),
    field("afterpay_clearpay", Kind::Beyond),
    field("alipay", Kind::Beyond),
    field("alma", Kind::Beyond),
    field("amazon_pay", Kind::Beyond),
    field("au_becs_debit", Kind::Beyond),
    field("bacs_debit", Kind::Beyond),
    field("bancontact", Kind::Beyond),
    field("billie", Kind::Beyond),
    field("blik", Kind::Beyond),
    field("boleto", Kind::Beyond),
    field("cashapp", Kind::Beyond),
    field("crypto", Kind::Beyond),
    field("customer_balance", Kind::Beyond),
    field("demo_pay", Kind::Beyond),
    field("eps", Kind::Beyond),
    field("fpx", Kind::Beyond),
    field("giropay", Kind::Beyond),
    field("grabpay", Kind::Beyond),
    field("ideal", Kind::Beyond),
    field("kakao_pay", Kind::Beyond),
    field("klarna", Kind::Beyond),
    field("konbini", Kind::Beyond),
    field("kr_card", Kind::Beyond),
    field("link", Kind::Beyond),
    field("mobilepay", Kind::Beyond),
    field("multibanco", Kind::Beyond),
    field("naver_pay", Kind::Beyond),
    field("oxxo", Kind::Beyond),
    field("p24", Kind::Beyond),
    field("pay_by_bank", Kind::Beyond),
    field("payco", Kind::Beyond),
    field("paynow", Kind::Beyond),
    field("paypal", Kind::Beyond),
    field("payto", Kind::Beyond),
    field("pix", Kind::Beyond),
    field("revolut_pay", Kind::Beyond),
    field("samsung_pay", Kind::Beyond),
    field("satispay", Kind::Beyond),
    field("scalapay", Kind::Beyond),
    field("sequra", Kind::Beyond),
    field("sofort", Kind::Beyond),
    field("sunbit", Kind::Beyond),
    field("swish", Kind::Beyond),
    field("twint", Kind::Beyond),
    field("upi", Kind::Beyond),
    field("us_bank_account", Kind::Beyond),
    field("wechat_pay", Kind::Beyond),
];

#[rustfmt::skip]
const METHODS: &[&str] = &[
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "au_becs_debit",
    "bacs_debit", "bancontact", "billie", "bizum", "blik", "boleto", "card", "cashapp", "crypto",
    "customer_balance", "eps", "fpx", "giropay", "grabpay", "ideal", "kakao_pay", "klarna", "konbini",
    "kr_card", "link", "mb_way", "mobilepay", "multibanco", "naver_pay", "nz_bank_account", "oxxo",
    "p24", "pay_by_bank", "payco", "paynow", "paypal", "paypay", "payto", "pix", "promptpay",
    "revolut_pay", "samsung_pay", "satispay", "scalapay", "sepa_debit", "sequra", "sofort", "sunbit",
    "swish", "twint", "upi", "us_bank_account", "wechat_pay", "zip",
];

#[rustfmt::skip]
const LOCALES: &[&str] = &[
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

#[rustfmt::skip]
const FONTS: &[&str] = &[
    "be_vietnam_pro", "bitter", "chakra_petch", "default", "hahmlet", "inconsolata", "inter", "lato",
    "lora", "m_plus_1_code", "montserrat", "noto_sans", "noto_sans_jp", "noto_serif", "nunito",
    "open_sans", "pridi", "pt_sans", "pt_serif", "raleway", "roboto", "roboto_slab", "source_sans_pro",
    "titillium_web", "ubuntu_mono", "zen_maru_gothic",
];
