using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Llumnix.LoadGenerator;

/// <summary>The bytes of a POST /schedule; only the id changes from request to request.</summary>
internal sealed class RequestTemplate
{
    private const int IdDigits = 16;
    private readonly byte[] _bytes;
    private readonly int _idAt;

    internal RequestTemplate(LoadOptions options)
    {
        const string Marker = "################";
        var ids = new Random(1);
        string tokenIds = options.TokenIds == 0
            ? "null"
            : $"[{string.Join(',', Enumerable.Range(0, options.TokenIds).Select(_ => ids.Next(128_000)))}]";
        int tokens = options.TokenIds == 0 ? 1000 : options.TokenIds;
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"{{Marker}}","model":"llama-3.1-8b","gateway_id":"10.0.0.5:41234","scheduling_mode":"{{options.Mode}}","scheduling_stage":"","prompt_num_tokens":{{tokens}},"prompt_token_ids":{{tokenIds}},"scheduling_result":null}""");
        string head = $"POST /schedule HTTP/1.1\r\nHost: {options.Host}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        _bytes = Encoding.ASCII.GetBytes(head + body);
        _idAt = (head + body).IndexOf(Marker, StringComparison.Ordinal);
    }

    /// <summary>A copy for one connection.</summary>
    internal byte[] NewBuffer() => [.. _bytes];

    internal void SetId(byte[] buffer, long id) =>
        Utf8Formatter.TryFormat(id, buffer.AsSpan(_idAt, IdDigits), out _, new System.Buffers.StandardFormat('D', IdDigits));
}
