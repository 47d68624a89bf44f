using System.Security.Cryptography;

namespace Llumnix.Server.Hosting;

/// <summary>Randomness from the seed that options name.</summary>
internal static class Seeds
{
    /// <param name="seed">The seed; 0 takes one from entropy.</param>
    internal static Random MakeRandom(int seed) => new(seed != 0 ? seed : RandomNumberGenerator.GetInt32(int.MaxValue));
}
