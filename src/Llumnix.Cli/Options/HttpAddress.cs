using System.CommandLine;
using System.CommandLine.Parsing;

namespace Llumnix.Cli.Options;

/// <summary>Options that name a server by its address.</summary>
internal static class HttpAddress
{
    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="standard">The address where none is given; null for none.</param>
    internal static Option<Uri?> CreateOption(string name, string description, string? standard = null)
    {
        var option = new Option<Uri?>(name) { Description = description, CustomParser = Parse };
        if (standard is not null)
        {
            option.DefaultValueFactory = _ => new Uri(standard);
        }

        return option;
    }

    /// <summary>Reads an address; one without a scheme, which needs its port then, is taken for <c>http</c>.</summary>
    private static Uri? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool hasScheme = text.Contains("://", StringComparison.Ordinal);
        bool hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
        string written = hasScheme || !hasPort ? text : "http://" + text;
        if (Uri.TryCreate(written, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.Host.Length > 0)
        {
            return address;
        }

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be host:port, http://host:port or https://host:port");
        return null;
    }
}
