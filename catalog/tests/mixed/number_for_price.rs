use catalog::{Currency, MoneyFormat};

fn main() {
    MoneyFormat::new("fr", Currency::Eur).print(2800);
}
