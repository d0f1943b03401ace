use catalog::{Cents, Timestamp, Window};

fn main() {
    let sale = Window { from: Some(Timestamp(0)), until: None };
    sale.contains(Cents(2800));
}
