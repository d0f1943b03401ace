//! Every refusal with its status, code and fields.

use super::*;
use crate::decide::owner::Refused;
use crate::outside::store::StoreError;

fn sku() -> String {
    "BOL".to_owned()
}

/// Status, code, item, how many are available, when to retry.
fn told(error: TillError) -> (u16, &'static str, Option<String>, Option<i64>, Option<u32>) {
    let api = ApiError::from(error);
    (api.status.as_u16(), api.code.as_str(), api.sku, api.available, api.retry_after)
}

#[test]
fn every_reason_has_its_status_and_its_word() {
    let refused = PaymentsError::Refused {
        code: "parameter_invalid".to_owned(),
        param: "line_items".to_owned(),
        message: "no".to_owned(),
    };
    let silent = PaymentsError::Unknown("nothing came".to_owned());
    for (error, expected) in [
        (Refusal::BadRequest("no lines".to_owned()).into(), (400, "bad_request", None, None, None)),
        (Refusal::UnknownSku { sku: sku() }.into(), (404, "unknown_sku", Some(sku()), None, None)),
        (TillError::SoldOut { sku: sku() }, (409, "sold_out", Some(sku()), Some(0), None)),
        (TillError::Reserved { sku: sku() }, (409, "reserved", Some(sku()), None, Some(60))),
        (
            TillError::QuantityUnavailable { sku: sku(), available: 2 },
            (409, "quantity_unavailable", Some(sku()), Some(2), None),
        ),
        (
            TillError::TooFew { skus: vec![sku(), "TASSE".to_owned()], available: 3 },
            (409, "quantity_unavailable", Some(sku()), Some(3), None),
        ),
        (TillError::RateLimited, (429, "rate_limited", None, None, Some(600))),
        (TillError::Closed, (503, "closed", None, None, Some(3600))),
        (TillError::NotFound, (404, "not_found", None, None, None)),
        (TillError::NotNow(Refused::NotPaid), (409, "not_now", None, None, None)),
        (TillError::Unsigned, (400, "bad_request", None, None, None)),
        (refused.into(), (502, "payments_refused", None, None, None)),
        (silent.into(), (502, "payments_unavailable", None, None, Some(30))),
        (
            StoreError::Unavailable("secret host".to_owned()).into(),
            (503, "storage_unavailable", None, None, Some(10)),
        ),
        (TillError::NotOurs("it is empty"), (503, "storage_unavailable", None, None, Some(10))),
        (StoreError::Busy("secret row".to_owned()).into(), (503, "busy", None, None, Some(5))),
        (TillError::Busy, (503, "busy", None, None, Some(5))),
        (TillError::Ahead, (503, "storage_unavailable", None, None, Some(10))),
    ] {
        let said = format!("{error:?}");
        assert_eq!(told(error), expected, "{said}");
    }
}

#[test]
fn what_stripe_and_the_database_say_stays_inside() {
    let refused = PaymentsError::Refused {
        code: "api_key_expired".to_owned(),
        param: "inside".to_owned(),
        message: "inside".to_owned(),
    };
    for error in [
        refused.into(),
        PaymentsError::Unknown("inside".to_owned()).into(),
        StoreError::Unavailable("inside".to_owned()).into(),
        StoreError::Busy("inside".to_owned()).into(),
        TillError::NotOurs("inside"),
    ] {
        let api = ApiError::from(error);
        assert!(!api.detail.contains("inside") && !api.detail.contains("api_key"), "{}", api.detail);
    }
}
