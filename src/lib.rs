//! agcgen
