using System.Net;
using Llumnix.Adapters.Options.Parsing;
using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>The address of a Redis in one text, <c>host:port[,password=...]</c>, in StackExchange.Redis' notation.</summary>
public static class RedisAddress
{
    private const string Expected = "must be host:port[,password=...]";

    private const string PasswordIsNotLast = "must have the password last, and no comma within it: what follows it is no option that is known";

    /// <summary>What is wrong with a text, which may hold a password: only what stands before its first option is repeated. Null when it can be used.</summary>
    public static string? FindProblem(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            return HasPartOfPassword(text) ? PasswordIsNotLast
                : !NamesServers(text, options) ? Refuse(text)
                : options.Tunnel is not null ? RefuseOption("tunnel")
                : options.Proxy != Proxy.None ? RefuseOption("proxy")
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return FindOption(text, (exception as ArgumentException)?.ParamName) is { } option ? RefuseOption(option)
                : AfterPassword(text).Any() ? PasswordIsNotLast
                : Refuse(text);
        }
    }

    private static string RefuseOption(string option) => $"has the option {Quoted.Text(option)}, which is unknown, is not supported here or cannot have this value; it {Expected}";

    private static string Refuse(string text) => $"{Expected}, not {Show(text)}";

    /// <summary>Whether something that is no option follows the password. The library takes it for a server, and would tell it in the log.</summary>
    private static bool HasPartOfPassword(string text) => AfterPassword(text).Any(static part => !part.Contains('='));

    private static IEnumerable<string> AfterPassword(string text) => Parts(text).SkipWhile(static part => !IsPassword(part)).Skip(1);

    private static bool IsPassword(string part) => part.Contains('=') && part.Split('=')[0].Trim().Equals("password", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether all that is no option names a server; the library leaves out what does not.</summary>
    private static bool NamesServers(string text, ConfigurationOptions options)
    {
        int named = Parts(text).Where(static part => !part.Contains('=')).Distinct(StringComparer.Ordinal).Count();
        return named > 0 && options.EndPoints.Count == named && options.EndPoints.All(IsUsable);
    }

    private static bool IsUsable(EndPoint server) =>
        server is not DnsEndPoint name || (Uri.CheckHostName(name.Host) != UriHostNameType.Unknown && name.Port <= IPEndPoint.MaxPort);

    /// <summary>The option that the library refuses; null where it may be a part of a password, in which a comma is none.</summary>
    private static string? FindOption(string text, string? name) =>
        Parts(text)
            .TakeWhile(static part => !IsPassword(part))
            .Where(static part => part.Contains('='))
            .Select(static part => part.Split('=')[0].Trim())
            .FirstOrDefault(option => option == name);

    private static string Show(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var end and >= 0 ? RefusedValue.Quote(text[..end] + "=***") : RefusedValue.Quote(text);

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
