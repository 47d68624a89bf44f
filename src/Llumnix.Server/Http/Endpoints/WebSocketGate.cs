namespace Llumnix.Server.Http.Endpoints;

/// <summary>Lets an endpoint accept WebSockets, which the server pings: one whose pong does not come in time is broken off.</summary>
internal sealed class WebSocketGate : IEndpoint
{
    private readonly RequestDelegate _pipeline;

    /// <param name="services">The host's services.</param>
    /// <param name="settings">When to ping, and how long to wait for the pong.</param>
    /// <param name="next">The endpoint. Plain requests go to it, too.</param>
    internal WebSocketGate(IServiceProvider services, KeepAliveSettings settings, IEndpoint next)
    {
        IApplicationBuilder pipeline = new ApplicationBuilder(services).UseWebSockets(new WebSocketOptions
        {
            KeepAliveInterval = settings.PingInterval,
            KeepAliveTimeout = settings.PongTimeout,
        });
        pipeline.Run(next.HandleAsync);
        _pipeline = pipeline.Build();
    }

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => _pipeline(context);
}
