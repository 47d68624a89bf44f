namespace Llumnix.Scheduling.Tests.PrefixCache;

/// <summary>What a prefix history is to remember, with a list per instance of the prefixes that it holds, the one used last first.</summary>
internal sealed class NaivePrefixHistory(int share)
{
    private readonly Dictionary<int, List<string>> _held = [];

    public int Count => _held.Values.Sum(static held => held.Count);

    public void Join(int id) => _held[id] = [];

    public void Leave(int id) => _held.Remove(id);

    public int HitChunksOn(int id, string prompt)
    {
        int hit = 0;
        while (hit < prompt.Length && _held[id].Contains(prompt[..(hit + 1)]))
        {
            hit++;
        }

        return hit;
    }

    public void Place(int id, string prompt)
    {
        int chunks = Math.Max(HitChunksOn(id, prompt), Math.Min(prompt.Length, share));
        string[] prefixes = [.. Enumerable.Range(1, chunks).Select(length => prompt[..length])];
        _held[id] = [.. prefixes.Concat(_held[id].Except(prefixes)).Take(share)];
    }
}
