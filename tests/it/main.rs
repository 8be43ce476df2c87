//! What a user sees, with real kubectl.

fn main() {}
