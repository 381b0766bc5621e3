//! Puts the table and a picture of it into `docs/`.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

const BEGIN: &str = "<!-- figures: written by `cargo bench --bench terminal -- --save` -->\n";
const END: &str = "<!-- end of figures -->\n";
/// What a tenth of a second is drawn as: beyond it a key is felt to wait.
const FELT: f64 = 100.0;

/// Writes both.
pub fn save(table: &str, scales: &[u32], p50: &[Duration]) {
    let folder = format!("{}/docs", env!("CARGO_MANIFEST_DIR"));
    let path = format!("{folder}/performance.md");
    let text = fs::read_to_string(&path).expect("docs/performance.md");
    let (before, rest) = text.split_once(BEGIN).expect("the place for the figures");
    let (_, after) = rest.split_once(END).expect("the end of the place");
    fs::write(&path, format!("{before}{BEGIN}\n{table}\n{END}{after}")).expect("docs can be written");
    fs::write(format!("{folder}/performance.svg"), draw(scales, p50)).expect("docs can be written");
}

/// Bars on a logarithmic scale from a tenth of a millisecond to the tenth of a second that a person feels.
fn draw(scales: &[u32], p50: &[Duration]) -> String {
    let reach = |ms: f64| (ms.max(0.1) / 0.1).log10() / (FELT / 0.1).log10() * 460.0;
    let height = 60 + 36 * scales.len();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 {height}\" font-family=\"sans-serif\" font-size=\"14\">\n\
         <rect width=\"760\" height=\"{height}\" rx=\"8\" fill=\"#15181e\"/>\n\
         <text x=\"24\" y=\"30\" fill=\"#d7dce4\">a key to its last byte, median, by rows in the list (logarithmic; right edge: 100 ms)</text>\n"
    );
    for (at, (scale, p50)) in scales.iter().zip(p50).enumerate() {
        let ms = p50.as_secs_f64() * 1_000.0;
        let y = 46 + 36 * at;
        let _ = writeln!(
            svg,
            "<text x=\"150\" y=\"{}\" fill=\"#8b93a1\" text-anchor=\"end\">{} rows</text>\
             <rect x=\"165\" y=\"{y}\" width=\"460\" height=\"24\" fill=\"#1f242d\"/>\
             <rect x=\"165\" y=\"{y}\" width=\"{:.0}\" height=\"24\" fill=\"#5b9cf5\"/>\
             <text x=\"640\" y=\"{}\" fill=\"#d7dce4\">{ms:.2} ms</text>",
            y + 17,
            scale + 39,
            reach(ms),
            y + 17,
        );
    }
    svg.push_str("</svg>\n");
    svg
}
