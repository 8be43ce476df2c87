//! `watchdog forward` and its supervisor, with real kubectl against demo clusters.

mod chaos;
mod names;
mod odd;
mod relay;
mod survival;
mod verbs;
