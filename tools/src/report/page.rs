//! The page: markup, style and scripts of ours around the data, in one file that asks for nothing else.

use crate::json::Json;

const MARKUP: &str = include_str!("page/index.html");
const STYLE: [&str; 3] =
    [include_str!("page/theme.css"), include_str!("page/layout.css"), include_str!("page/code.css")];
/// In the order they run: each makes something that those behind it use.
const SCRIPTS: [&str; 8] = [
    include_str!("page/model.js"),
    include_str!("page/dom.js"),
    include_str!("page/pane.js"),
    include_str!("page/code.js"),
    include_str!("page/timeline.js"),
    include_str!("page/memory.js"),
    include_str!("page/tables.js"),
    include_str!("page/main.js"),
];

/// Text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// JSON inside a script element: no text in it may look like a tag or a comment.
fn inside_script(data: &Json) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

pub fn page(program: &str, data: &Json) -> String {
    let mut html = String::new();
    // What is put in is not searched again.
    let mut rest = MARKUP;
    while let Some((before, after)) = rest.split_once("{{") {
        html.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        match name {
            "title" => html.push_str(&escaped(program)),
            "style" => html.push_str(&STYLE.concat()),
            "data" => html.push_str(&inside_script(data)),
            "scripts" => html.push_str(&SCRIPTS.concat()),
            _ => {}
        }
        rest = after;
    }
    html.push_str(rest);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_data_is_markup() {
        let data = Json::Object(vec![("source", Json::from("</script><!-- <script> {{title}} & \u{2028}"))]);
        let html = page("<b>{{data}}.py", &data);
        assert!(html.contains("&lt;b&gt;{{data}}.py"));
        assert!(html.contains(r"\u003c/script\u003e\u003c!-- \u003cscript\u003e {{title}} \u0026"));
        assert!(!html.contains("<b>"));
    }

    #[test]
    fn it_asks_for_nothing_else() {
        let html = page("p.py", &Json::Null);
        for outside in ["src=", "href=", "@import", "url(", "fetch(", "XMLHttpRequest", "eval("] {
            assert!(!html.contains(outside), "{outside}");
        }
        assert!(html.contains("Content-Security-Policy"));
    }
}
