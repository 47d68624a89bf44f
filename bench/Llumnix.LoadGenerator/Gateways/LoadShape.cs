using System.Globalization;
using System.Text;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>What clients ask for, and how the stub engine answers it.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Connections">Parallel connections, each with one request at a time.</param>
/// <param name="Events">Events of an answer; 0 for one JSON object.</param>
/// <param name="EventsPerWrite">Events that the engine sends by one write to its socket.</param>
/// <param name="Interval">Time between two writes; zero for as fast as it goes.</param>
internal sealed record LoadShape(string Name, int Connections, int Events, int EventsPerWrite, TimeSpan Interval)
{
    /// <summary>The header by which a request tells the stub engine its shape.</summary>
    internal const string Header = "x-stub";

    /// <summary>The header's value.</summary>
    internal string HeaderValue => string.Create(CultureInfo.InvariantCulture, $"{Events}/{EventsPerWrite}/{(int)Interval.TotalMilliseconds}");

    /// <summary>A request as the clients of OpenAI send it.</summary>
    internal byte[] Request()
    {
        string body = $$"""{"model":"stub","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Tell me in a few words why the sky is blue and the sea is green."}],"temperature":0.7,"max_tokens":256{{(Events > 0 ? ",\"stream\":true" : "")}}}""";
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
            POST /v1/chat/completions HTTP/1.1
            Host: gateway
            Accept: application/json
            Accept-Encoding: gzip, deflate
            Authorization: Bearer sk-none
            Content-Type: application/json
            User-Agent: AsyncOpenAI/Python 1.99.0
            X-Stainless-Lang: python
            X-Stainless-OS: Linux
            X-Stainless-Retry-Count: 0
            {Header}: {HeaderValue}
            Content-Length: {body.Length}

            {body}
            """).ReplaceLineEndings("\r\n"));
    }
}
