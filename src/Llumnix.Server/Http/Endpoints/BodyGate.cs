namespace Llumnix.Server.Http.Endpoints;

/// <summary>Reads the body of each request for an endpoint, within the bounds of <see cref="BodyReceiver"/>.</summary>
internal sealed class BodyGate<TMessage>(BodyReceiver bodies, IMessageEndpoint<TMessage> next) : IEndpoint
    where TMessage : class, IRequestMessage, new()
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => bodies.ReceiveAsync(context, next);
}
