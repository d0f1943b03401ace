use catalog::Timestamp;

fn main() {
    let later = Timestamp(1_795_348_800) + 3600;
}
