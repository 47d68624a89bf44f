using System.CommandLine;
using System.Text;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Options;

/// <summary>The scheduler that a command calls, and the service token for it.</summary>
/// <param name="Url">The scheduler's address.</param>
/// <param name="Token">The service token; empty for none.</param>
internal sealed record SchedulerTarget(Uri Url, string Token)
{
    /// <summary>The environment variable of the token.</summary>
    internal const string TokenVariable = "LLUMNIX_SCHEDULER_SERVICE_TOKEN";

    /// <summary>Option of the address.</summary>
    internal static readonly Option<Uri?> Address = HttpAddress.CreateOption("--scheduler", "The scheduler's address, http(s)://host:port.", "http://127.0.0.1:8002");

    /// <summary>Option of the token's file.</summary>
    internal static readonly Option<string?> TokenFile = InputFile.CreateSecretOption(
        "--token-file", $"File of the service token; else {TokenVariable} holds it.");

    /// <summary>Takes both options from a command line.</summary>
    /// <exception cref="IOException">There is no token in its file or in its variable; the message names the option or the variable.</exception>
    internal static SchedulerTarget Of(ParseResult parsed) => new(
        parsed.GetValue(Address)!,
        parsed.GetValue(TokenFile) is { } path ? ClientToken.ReadFile(TokenFile, path) : ClientToken.ReadVariable(TokenVariable));

    /// <summary>Makes a request with the token.</summary>
    /// <param name="method">The method.</param>
    /// <param name="pathAndQuery">Path and query.</param>
    /// <param name="json">The body; null for none.</param>
    internal HttpRequestMessage Request(HttpMethod method, string pathAndQuery, string? json = null)
    {
        var request = new HttpRequestMessage(method, new Uri(Url, pathAndQuery))
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Token);
        return request;
    }

    /// <summary>The message of a call that failed, with a hint where nothing listens.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="ports">Which ports the command can use beside that of a scheduler.</param>
    internal static string Describe(HttpRequestException exception, string ports) => CallFailure.IsRefused(exception)
        ? $"{exception.Message}: nothing listens there; does the scheduler run, and is {Address.Name} its address? {ports}"
        : CallFailure.IsOther(exception) ? $"{CallFailure.Describe(exception)}; is {Address.Name} the scheduler's address? {ports}"
        : CallFailure.Describe(exception);
}
