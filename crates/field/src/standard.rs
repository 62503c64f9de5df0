//! Marketo's standard person and company fields.
//!
//! Names and types are those of Marketo's public lists of standard fields and of tokens; where those leave a SOAP API name open, the
//! name is this project's own. Ids are stored with every value: they are never changed, and never given to another field.

use crate::{
    field::{
        Field, FieldId,
        Object::{self, Company, Lead},
    },
    field_type::FieldType::{
        self, Boolean, Currency, Date, Datetime, Email, Float, Formula, Integer, Phone, Reference,
        Score, String as Text, TextArea, Url,
    },
};

impl FieldId {
    /// The lead's id; read-only.
    pub const ID: FieldId = FieldId(1);
    /// When the lead was created; read-only.
    pub const CREATED_AT: FieldId = FieldId(2);
    /// When the lead last changed; read-only.
    pub const UPDATED_AT: FieldId = FieldId(3);
    /// Email Address.
    pub const EMAIL: FieldId = FieldId(4);
    /// First Name.
    pub const FIRST_NAME: FieldId = FieldId(5);
    /// Middle Name.
    pub const MIDDLE_NAME: FieldId = FieldId(6);
    /// Last Name.
    pub const LAST_NAME: FieldId = FieldId(7);
    /// Full Name, made of those three; read-only.
    pub const FULL_NAME: FieldId = FieldId(62);
    /// Company Name.
    pub const COMPANY: FieldId = FieldId(63);
}

/// All of them, in id order.
pub(crate) fn fields() -> impl Iterator<Item = Field> {
    TABLE.iter().map(
        |(id, api_name, rest_name, display_name, field_type, object, read_only)| Field {
            id: FieldId(*id),
            api_name: (*api_name).to_owned(),
            rest_name: (*rest_name).to_owned(),
            display_name: (*display_name).to_owned(),
            field_type: *field_type,
            object: *object,
            read_only: *read_only,
            custom: false,
        },
    )
}

/// Id, SOAP API name, REST name, display name, type, object, whether it is read-only.
type Row = (
    u32,
    &'static str,
    &'static str,
    &'static str,
    FieldType,
    Object,
    bool,
);

#[rustfmt::skip]
const TABLE: [Row; 81] = [
    (1, "Id", "id", "Id", Integer, Lead, true),
    (2, "CreatedAt", "createdAt", "Created At", Datetime, Lead, true),
    (3, "UpdatedAt", "updatedAt", "Updated At", Datetime, Lead, true),
    (4, "Email", "email", "Email Address", Email, Lead, false),
    (5, "FirstName", "firstName", "First Name", Text, Lead, false),
    (6, "MiddleName", "middleName", "Middle Name", Text, Lead, false),
    (7, "LastName", "lastName", "Last Name", Text, Lead, false),
    (8, "Salutation", "salutation", "Salutation", Text, Lead, false),
    (9, "Title", "title", "Job Title", Text, Lead, false),
    (10, "Department", "department", "Department", Text, Lead, false),
    (11, "DateofBirth", "dateOfBirth", "Date of Birth", Date, Lead, false),
    (12, "Phone", "phone", "Phone Number", Phone, Lead, false),
    (13, "MobilePhone", "mobilePhone", "Mobile Phone Number", Phone, Lead, false),
    (14, "Fax", "fax", "Fax Number", Phone, Lead, false),
    (15, "Address", "address", "Address", TextArea, Lead, false),
    (16, "City", "city", "City", Text, Lead, false),
    (17, "State", "state", "State", Text, Lead, false),
    (18, "PostalCode", "postalCode", "Postal Code", Text, Lead, false),
    (19, "Country", "country", "Country", Text, Lead, false),
    (20, "LeadSource", "leadSource", "Lead Source", Text, Lead, false),
    (21, "LeadStatus", "leadStatus", "Lead Status", Text, Lead, false),
    (22, "LeadScore", "leadScore", "Lead Score", Score, Lead, false),
    (23, "LeadRole", "leadRole", "Role", Text, Lead, false),
    (24, "Rating", "rating", "Lead Rating", Text, Lead, false),
    (25, "Priority", "priority", "Priority", Integer, Lead, false),
    (26, "Urgency", "urgency", "Urgency", Float, Lead, false),
    (27, "RelativeScore", "relativeScore", "Relative Score", Integer, Lead, false),
    (28, "Unsubscribed", "unsubscribed", "Unsubscribed", Boolean, Lead, false),
    (29, "UnsubscribedReason", "unsubscribedReason", "Unsubscribed Reason", TextArea, Lead, false),
    (30, "DoNotCall", "doNotCall", "Do Not Call", Boolean, Lead, false),
    (31, "DoNotCallReason", "doNotCallReason", "Do Not Call Reason", TextArea, Lead, false),
    (32, "EmailInvalid", "emailInvalid", "Email Invalid", Boolean, Lead, false),
    (33, "EmailInvalidCause", "emailInvalidCause", "Email Invalid Cause", Text, Lead, false),
    (34, "BlackListed", "blackListed", "Black Listed", Boolean, Lead, false),
    (35, "MarketingSuspended", "marketingSuspended", "Marketing Suspended", Boolean, Lead, false),
    (36, "IsAnonymous", "isAnonymous", "Is Anonymous", Boolean, Lead, false),
    (37, "AnonymousIP", "anonymousIP", "Anonymous IP", Text, Lead, false),
    (38, "InferredCompany", "inferredCompany", "Inferred Company", Text, Lead, false),
    (39, "InferredCountry", "inferredCountry", "Inferred Country", Text, Lead, false),
    (40, "InferredCity", "inferredCity", "Inferred City", Text, Lead, false),
    (41, "InferredStateRegion", "inferredStateRegion", "Inferred State Region", Text, Lead, false),
    (42, "InferredPostalCode", "inferredPostalCode", "Inferred Postal Code", Text, Lead, false),
    (43, "InferredMetropolitanArea", "inferredMetropolitanArea", "Inferred Metropolitan Area", Text, Lead, false),
    (44, "InferredPhoneAreaCode", "inferredPhoneAreaCode", "Inferred Phone Area Code", Text, Lead, false),
    (45, "AcquisitionDate", "acquisitionDate", "Acquisition Date", Datetime, Lead, false),
    (46, "AcquisitionProgram", "acquisitionProgram", "Acquisition Program", Reference, Lead, false),
    (47, "AcquisitionProgramName", "acquisitionProgramName", "Acquisition Program Name", Text, Lead, false),
    (48, "IsCustomer", "isCustomer", "Is Customer", Boolean, Lead, false),
    (49, "IsEmployee", "isEmployee", "Is Employee", Boolean, Lead, false),
    (50, "IsPartner", "isPartner", "Is Partner", Boolean, Lead, false),
    (51, "OriginalReferrer", "originalReferrer", "Original Referrer", Text, Lead, false),
    (52, "OriginalSearchEngine", "originalSearchEngine", "Original Search Engine", Text, Lead, false),
    (53, "OriginalSearchPhrase", "originalSearchPhrase", "Original Search Phrase", Text, Lead, false),
    (54, "OriginalSourceInfo", "originalSourceInfo", "Original Source Info", Text, Lead, false),
    (55, "OriginalSourceType", "originalSourceType", "Original Source Type", Text, Lead, false),
    (56, "RegistrationSourceInfo", "registrationSourceInfo", "Registration Source Info", Text, Lead, false),
    (57, "RegistrationSourceType", "registrationSourceType", "Registration Source Type", Text, Lead, false),
    (58, "PersonNotes", "personNotes", "Person Notes", TextArea, Lead, false),
    (59, "SFDCType", "sfdcType", "SFDC Type", Text, Lead, false),
    (60, "SFDCCreatedDate", "sfdcCreatedDate", "SFDC Created Date", Datetime, Lead, false),
    (61, "SFDCIsDeleted", "sfdcIsDeleted", "SFDC Is Deleted", Boolean, Lead, false),
    (62, "FullName", "fullName", "Full Name", Formula, Lead, true),
    (63, "Company", "company", "Company Name", Text, Company, false),
    (64, "CompanyNotes", "companyNotes", "Company Notes", TextArea, Company, false),
    (65, "ParentCompanyName", "parentCompanyName", "Parent Company Name", Text, Company, false),
    (66, "BillingStreet", "billingStreet", "Address", TextArea, Company, false),
    (67, "BillingCity", "billingCity", "City", Text, Company, false),
    (68, "BillingState", "billingState", "State", Text, Company, false),
    (69, "BillingPostalCode", "billingPostalCode", "Postal Code", Text, Company, false),
    (70, "BillingCountry", "billingCountry", "Country", Text, Company, false),
    (71, "MainPhone", "mainPhone", "Main Phone", Phone, Company, false),
    (72, "Website", "website", "Website", Url, Company, false),
    (73, "Industry", "industry", "Industry", Text, Company, false),
    (74, "AnnualRevenue", "annualRevenue", "Annual Revenue", Currency, Company, false),
    (75, "NumberOfEmployees", "numberOfEmployees", "Num Employees", Integer, Company, false),
    (76, "SICCode", "sicCode", "SIC Code", Text, Company, false),
    (77, "Site", "site", "Site", Text, Company, false),
    (78, "AccountOwnerEmailAddress", "accountOwnerEmailAddress", "Account Owner Email Address", Email, Company, false),
    (79, "SFDCAccountNum", "sfdcAccountNum", "SFDC Account Num", Text, Company, false),
    (80, "CompanySFDCType", "companySfdcType", "SFDC Type", Text, Company, false),
    (81, "CompanySFDCCreatedDate", "companySfdcCreatedDate", "SFDC Created Date", Datetime, Company, false),
];

#[cfg(test)]
mod tests;
