use catalog::{Cents, Timestamp};

fn main() {
    let total: Cents = Cents(2800) + Timestamp(1_795_348_800);
}
