using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Llumnix.Adapters.Secrets;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>
/// Asks for the API key that engines were started with, where the real ones do: vLLM under <c>/v1</c>, SGLang everywhere but at <c>/health</c> and <c>/metrics</c>. What
/// emulated engines ask of each other, under <c>/kvt</c>, stays open, as the ports for that of real ones are.
/// </summary>
/// <param name="registry">The engines.</param>
/// <param name="key">The key.</param>
internal sealed class ApiKeyGuard(EngineRegistry registry, Secret key)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()));

    /// <summary>Lets a request pass, or answers it with 401 as the engines do.</summary>
    internal async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsGuarded(context) || IsAllowed(context.Request.Headers.Authorization.ToString()))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await context.Response.WriteAsync("""{"error":"Unauthorized"}""", context.RequestAborted);
    }

    /// <summary>A port of an engine that has ended is left to what closes its connections, and that of a llumlet has no engine.</summary>
    private bool IsGuarded(HttpContext context)
    {
        HostedEngine[] ranks = registry.RanksAt(context.Connection.LocalPort);
        if (ranks.Length == 0 || HttpMethods.IsOptions(context.Request.Method) || Array.Exists(ranks, static rank => rank.HasEnded))
        {
            return false;
        }

        string path = context.Request.Path.Value ?? "";
        return ranks[0].MetricsFace == MetricsFace.Sglang
            ? !StartsWith("/health") && !StartsWith("/metrics") && !StartsWith("/kvt/")
            : StartsWith("/v1");

        bool StartsWith(string start) => path.StartsWith(start, StringComparison.Ordinal);
    }

    private bool IsAllowed(string authorization) => authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..])), _hash);
}
