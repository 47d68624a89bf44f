using System.Buffers.Text;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>The labels of one sample that are used; an absent one is null of its kind, a text is still escaped.</summary>
internal ref struct SampleLabels
{
    public ReadOnlySpan<byte> ModelName;
    public ReadOnlySpan<byte> RunningLora;
    public ReadOnlySpan<byte> WaitingLora;
    public ReadOnlySpan<byte> SleepState;
    public ReadOnlySpan<byte> Rank;
    public long? SizeTokens;
    public long? Blocks;
    public long? BlockSize;
    public bool IsPerProcess;
    public bool IsForCapacity;
    public bool HasSleepState;

    /// <summary>Reads <c>{name="value",...}</c> from its opening brace on.</summary>
    /// <param name="text">The line from the brace on.</param>
    /// <param name="length">Bytes up to and with the closing brace.</param>
    /// <returns>False when the labels are malformed.</returns>
    public bool TryRead(ReadOnlySpan<byte> text, out int length)
    {
        length = 1;
        while (true)
        {
            while (length < text.Length && text[length] is (byte)' ' or (byte)'\t' or (byte)',')
            {
                length++;
            }

            if (length < text.Length && text[length] == '}')
            {
                length++;
                return true;
            }

            int equals = text[length..].IndexOf("=\""u8);
            if (equals < 1)
            {
                return false;
            }

            ReadOnlySpan<byte> name = text.Slice(length, equals);
            length += equals + 2;
            int end = EndOfValue(text[length..]);
            if (end < 0)
            {
                return false;
            }

            Take(name, text.Slice(length, end));
            length += end + 1;
        }
    }

    private static int EndOfValue(ReadOnlySpan<byte> text)
    {
        int i = 0;
        while (true)
        {
            int next = text[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return -1;
            }

            i += next;
            if (text[i] == '"')
            {
                return i;
            }

            i += 2;
            if (i >= text.Length)
            {
                return -1;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("engine"u8) || name.SequenceEqual("dp_rank"u8))
        {
            Rank = value;
        }
        else if (name.SequenceEqual("pid"u8) || name.SequenceEqual("tp_rank"u8) || name.SequenceEqual("pp_rank"u8))
        {
            IsPerProcess = true;
        }
        else if (name.SequenceEqual("model_name"u8))
        {
            ModelName = value;
        }
        else if (name.SequenceEqual("reason"u8))
        {
            IsForCapacity = value.SequenceEqual("capacity"u8);
        }
        else if (name.SequenceEqual("sleep_state"u8))
        {
            SleepState = value;
            HasSleepState = true;
        }
        else if (name.SequenceEqual("kv_cache_size_tokens"u8))
        {
            SizeTokens = Number(value);
        }
        else if (name.SequenceEqual("num_gpu_blocks"u8) || name.SequenceEqual("num_pages"u8))
        {
            Blocks = Number(value);
        }
        else if (name.SequenceEqual("block_size"u8) || name.SequenceEqual("page_size"u8))
        {
            BlockSize = Number(value);
        }
        else if (name.SequenceEqual("running_lora_adapters"u8))
        {
            RunningLora = value;
        }
        else if (name.SequenceEqual("waiting_lora_adapters"u8))
        {
            WaitingLora = value;
        }
    }

    // "None" stands for a value that the engine does not know.
    private static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int value, out int used) && used == text.Length && value > 0 ? value : null;
}
