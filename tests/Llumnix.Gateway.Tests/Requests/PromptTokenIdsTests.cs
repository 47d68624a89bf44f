using System.Text;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class PromptTokenIdsTests
{
    [Theory]
    [InlineData("[1, 2,4294967295]", new uint[] { 1, 2, uint.MaxValue })]
    [InlineData("[]", null)]
    [InlineData("", null)]
    [InlineData("\"text\"", null)]
    [InlineData("[\"text\"]", null)]
    [InlineData("[[1,2],[3]]", null)]
    [InlineData("[1,[2]]", null)]
    [InlineData("[1,-2]", null)]
    [InlineData("[1,2.5]", null)]
    public void Read_OnlyOneArrayOfIds_GivesThem(string prompt, uint[]? ids) => Assert.Equal(ids, PromptTokenIds.Read(Encoding.UTF8.GetBytes(prompt)));
}
