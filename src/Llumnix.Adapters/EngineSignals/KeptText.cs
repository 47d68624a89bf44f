using System.Text;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>A label's text, decoded again only when its bytes have changed.</summary>
internal struct KeptText
{
    private byte[]? _bytes;

    /// <summary>The text; null before the first one.</summary>
    public string? Text { get; private set; }

    /// <summary>Keeps a label's value as it stands in the page.</summary>
    public void Set(ReadOnlySpan<byte> escaped)
    {
        if (_bytes is not null && escaped.SequenceEqual(_bytes))
        {
            return;
        }

        _bytes = escaped.ToArray();
        Text = Unescape(Encoding.UTF8.GetString(escaped));
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            plain.Append(text[i] == 'n' ? '\n' : text[i]);
        }

        return plain.ToString();
    }
}
