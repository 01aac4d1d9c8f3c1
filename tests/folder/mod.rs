//! A folder for tests that run the program on files.

use std::path::PathBuf;

/// A folder of its own for each test, removed with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let (suite, process) = (env!("CARGO_CRATE_NAME"), std::process::id());
        let path = std::env::temp_dir().join(format!("brolga-{suite}-{process}-{name}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
