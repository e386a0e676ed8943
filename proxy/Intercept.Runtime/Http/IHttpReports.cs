namespace Intercept.Runtime.Http;

/// <summary>What whoever runs a server wants to know of it.</summary>
public interface IHttpReports
{
    void AcceptPaused(string where, string why);

    /// <summary>A defect: its page was answered with 500.</summary>
    void PageFailed(Exception exception);
}
