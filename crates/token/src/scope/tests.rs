use super::*;

#[test]
fn r_tok_1_scopes_are_read_in_any_case() {
    for scope in Scope::ALL {
        assert_eq!(scope.as_str().parse(), Ok(scope));
        assert_eq!(scope.as_str().to_uppercase().parse(), Ok(scope));
        assert_eq!(scope.to_string(), scope.as_str());
    }
    for word in ["", "leed", " lead", "leads", "ⅼead"] {
        assert_eq!(word.parse::<Scope>(), Err(UnknownScope), "{word}");
    }
    assert_eq!(
        UnknownScope.to_string(),
        "a scope is one of lead, company, system, trigger, campaign, program, my, member"
    );
}
