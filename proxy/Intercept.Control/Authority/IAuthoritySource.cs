namespace Intercept.Control.Authority;

/// <summary>Where issuers come from: made here, or supplied. Any thread.</summary>
internal interface IAuthoritySource
{
    AuthoritySnapshot Current { get; }

    /// <summary>Who may sign what is valid until then. To be asked before each certificate.</summary>
    AuthoritySnapshot IssuerUntil(DateTimeOffset notAfter);

    /// <summary>Does what is due.</summary>
    void Check();
}
