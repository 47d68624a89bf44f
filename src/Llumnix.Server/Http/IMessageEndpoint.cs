namespace Llumnix.Server.Http;

/// <summary>Answers requests whose body has been read; for any threads.</summary>
internal interface IMessageEndpoint<in TMessage>
    where TMessage : class, IRequestMessage, new()
{
    /// <summary>Answers a request. Done when the answer is written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="message">Its body, maybe with an error. The endpoint gives it back by <see cref="RequestBody{TMessage}.Return"/>.</param>
    Task HandleAsync(HttpContext context, TMessage message);
}
