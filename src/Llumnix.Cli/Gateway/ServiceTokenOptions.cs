using System.CommandLine;
using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Gateway;

/// <summary>The token for the schedulers: as it is, or in a file.</summary>
internal sealed class ServiceTokenOptions
{
    private const string Rule = "must be of printable ASCII characters";

    private readonly Option<string> _token = new("--service-token")
    {
        Description = "Token for the schedulers. Process listings show flags: prefer the file.",

        // Manifests also give it without a value.
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _file = new("--service-token-file")
    {
        Description = "File that holds the value of --service-token; a line end after it is dropped.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_token);
        command.Add(_file);
    }

    /// <summary>Reads the token.</summary>
    /// <param name="parsed">The options' values.</param>
    /// <param name="token">The token; empty for none.</param>
    /// <returns>What is wrong, by name and without the token; null when nothing is.</returns>
    internal string? Read(ParseResult parsed, out string token)
    {
        token = parsed.GetValue(_token) ?? "";
        string path = parsed.GetValue(_file) ?? "";
        if (path.Length == 0)
        {
            return IsPrintable(token) ? null : $"{_token.Name} {Rule}";
        }

        if (token.Length > 0)
        {
            return $"give either {_file.Name} or {_token.Name}, not both";
        }

        try
        {
            token = BoundedTextFile.Read(path).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{_file.Name}: the file that it names cannot be read: {exception.GetType().Name}";
        }

        // An empty token would be sent as none, and the schedulers would refuse every request.
        return token.Length == 0 ? $"{_file.Name}: the file that it names is empty"
            : IsPrintable(token) ? null
            : $"{_file.Name}: its token {Rule}";
    }

    private static bool IsPrintable(string text) => text.All(static c => c is > ' ' and < (char)127);
}
