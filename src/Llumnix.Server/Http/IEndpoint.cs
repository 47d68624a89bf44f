namespace Llumnix.Server.Http;

/// <summary>Answers requests; for any threads.</summary>
internal interface IEndpoint
{
    /// <summary>Answers a request. Done when the answer is written.</summary>
    Task HandleAsync(HttpContext context);
}
