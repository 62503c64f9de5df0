use leadhook_token::Template;

use super::{Piece, Understood};

#[test]
fn r_def_2_what_is_malformed_is_set_apart() {
    for (typed, pieces) in [
        ("a{{lead.City}}b", "0:a City 14:b"),
        ("a{{lead.}}b{{lead.City}}", "0:a ! 10:b City"),
        ("{{lead.}}{{lead.City}}{{my.a=b}}", "! City !"),
        ("a{{my.a:default={{lead.City}} b}}c", "0:a ! City ! 33:c"),
        (r"a\qb{{lead.City}}\n", "0:a ! 2:qb City 17:\n"),
        (r"\q{{lead.City:default=\x}}\z", "! 1:q City ! 27:z"),
        (r"{{lead.a\q=b}}c", "! 14:c"),
    ] {
        let parsed = Template::parse_marketo(typed);
        let understood = Understood::of(&parsed).unwrap();
        let told: Vec<_> = understood
            .pieces()
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(at, text) => format!("{at}:{text}"),
                Piece::Token(token) => token.name().to_owned(),
                Piece::Malformed => "!".to_owned(),
            })
            .collect();
        assert_eq!(told.join(" "), pieces, "{typed}");
    }
}
