using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Llumnix.Adapters.Options.Parsing;

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

    /// <summary>An address as a URL: one without a scheme, which needs its port then, is taken for <c>http</c>. What is neither stays as it is, and is no URL.</summary>
    /// <remarks>A forgotten port is not 80: nobody has engines or schedulers there but behind a proxy, for which <c>http://host</c> can be written.</remarks>
    internal static string WithScheme(string text) => text.Contains("://", StringComparison.Ordinal) || !HasPort(text) ? text : "http://" + text;

    /// <summary>An address as messages show it: scheme, host, port and path, without user and query, which may be secrets.</summary>
    internal static string Show(Uri address) => address.IsAbsoluteUri
        ? address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : address.OriginalString.Split('?', '#')[0];

    /// <summary>Whether an address without a scheme has a port.</summary>
    internal static bool HasPort(string text) => text.LastIndexOf(':') > text.LastIndexOf(']');

    /// <summary>What is wrong with a text that is no address, or one without a usable port.</summary>
    internal static string ExplainNone(string text)
    {
        string host = text[(text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0)..].Split('/', '?', '#')[0];
        string port = HasPort(host) ? host[(host.LastIndexOf(':') + 1)..] : "";
        bool isOutside = port.Length > 0 && port.All(char.IsAsciiDigit) && !(int.TryParse(port, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= IPEndPoint.MaxPort);
        return isOutside ? "has a port that is none from 1 to 65535" : "is no address";
    }

    /// <summary>Reads an address as <see cref="WithScheme"/> says.</summary>
    private static Uri? Parse(ArgumentResult result)
    {
        if (Uri.TryCreate(WithScheme(result.Tokens[0].Value), UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.Host.Length > 0)
        {
            return address;
        }

        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be host:port, http://host:port or https://host:port, not {RefusedValue.Quote(result.Tokens[0].Value)}");
        return null;
    }
}
