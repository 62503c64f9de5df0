//! Programs, their My Tokens and their members.

use leadhook_engine::{MemberInput, MyToken, ProgramDraft, ProgramView, Violation};
use leadhook_proto::v1;
use leadhook_store::{self as store, MyTokenType};

use super::value;

/// What a client wants to be saved.
pub(crate) fn draft(program: v1::Program) -> ProgramDraft {
    let unknown = |(at, token): (usize, &v1::MyToken)| {
        let number = token.r#type;
        let message = format!("{number} is no value of this enum that the server knows");
        let field = format!("program.my_tokens[{at}].type");
        v1::MyTokenType::try_from(number)
            .is_err()
            .then(|| Violation::new(field, message))
    };
    ProgramDraft {
        refused: program
            .my_tokens
            .iter()
            .enumerate()
            .filter_map(unknown)
            .collect(),
        display_name: program.display_name,
        description: program.description,
        folder: program.folder,
        parent: program.parent,
        my_tokens: program.my_tokens.into_iter().map(my_token).collect(),
    }
}

pub(crate) fn message(view: ProgramView) -> v1::Program {
    let program = view.program;
    let name = format!("programs/{}", program.name);
    let own = program.my_tokens.into_iter();
    let inherited = view.inherited.into_iter();
    v1::Program {
        my_tokens: own.map(|token| placed(token, name.clone())).collect(),
        inherited_my_tokens: inherited
            .map(|(source, token)| placed(token, source))
            .collect(),
        name,
        display_name: program.display_name,
        description: program.description,
        folder: program.folder,
        parent: view.parent,
        id: program.id.0,
    }
}

/// A My Token as it is given.
pub(crate) fn my_token(token: v1::MyToken) -> MyToken {
    MyToken {
        kind: match token.r#type() {
            v1::MyTokenType::Unspecified => None,
            v1::MyTokenType::Text => Some(MyTokenType::Text),
            v1::MyTokenType::Date => Some(MyTokenType::Date),
            v1::MyTokenType::Number => Some(MyTokenType::Number),
            v1::MyTokenType::RichText => Some(MyTokenType::RichText),
            v1::MyTokenType::Score => Some(MyTokenType::Score),
            v1::MyTokenType::SfdcCampaign => Some(MyTokenType::SfdcCampaign),
        },
        key: token.key,
        value: token.value,
    }
}

pub(crate) fn member(member: v1::Member) -> MemberInput {
    MemberInput {
        lead: member.lead,
        fields: value::inputs(member.fields),
    }
}

fn placed(token: store::MyToken, source: String) -> v1::MyToken {
    v1::MyToken {
        key: token.key,
        r#type: match token.kind {
            MyTokenType::Text => v1::MyTokenType::Text,
            MyTokenType::Date => v1::MyTokenType::Date,
            MyTokenType::Number => v1::MyTokenType::Number,
            MyTokenType::RichText => v1::MyTokenType::RichText,
            MyTokenType::Score => v1::MyTokenType::Score,
            MyTokenType::SfdcCampaign => v1::MyTokenType::SfdcCampaign,
        }
        .into(),
        value: token.value,
        source,
    }
}
