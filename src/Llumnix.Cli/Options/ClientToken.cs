using System.CommandLine;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Secrets;

namespace Llumnix.Cli.Options;

/// <summary>The tokens and keys that commands send.</summary>
internal static class ClientToken
{
    /// <summary>Reads the file of a token.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read, or holds no token; the message names the option and tells nothing of the content.</exception>
    internal static string ReadFile(Option option, string path)
    {
        string token;
        try
        {
            token = BoundedTextFile.Read(path).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option.Name}: {NamedFile.Of(path)} cannot be read: {FileFailure.Describe(exception)}", exception);
        }

        return token.Length == 0 ? throw new IOException($"{option.Name}: {NamedFile.Of(path)} is empty")
            : IsUsable(token) ? token
            : throw new IOException($"{option.Name}: {NamedFile.Of(path)} must hold {OptionTypes.Token.Expected}, and nothing else");
    }

    /// <summary>Reads the environment variable of a token; an empty one equals none.</summary>
    /// <param name="name">The variable.</param>
    /// <exception cref="IOException">It holds no token; the message names the variable and tells nothing of its value.</exception>
    internal static string ReadVariable(string name) => Environment.GetEnvironmentVariable(name) is not { Length: > 0 } token ? ""
        : IsUsable(token) ? token
        : throw new IOException($"{name} must be {OptionTypes.Token.Expected}");

    private static bool IsUsable(string token) => OptionTypes.Token.IsInRange(new Secret(token));
}
