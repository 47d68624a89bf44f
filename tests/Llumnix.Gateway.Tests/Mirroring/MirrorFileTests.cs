using System.Text;
using Llumnix.Gateway.Mirroring;

namespace Llumnix.Gateway.Tests.Mirroring;

public sealed class MirrorFileTests
{
    [Fact]
    public void Read_AllMembersInAnyCase_AreTakenOver()
    {
        MirrorTarget target = Read("""{"enable":true,"Target":"https://a/v1","RATIO":2.5,"Timeout":1500,"authorization":"Bearer k","EnableLog":true}""")!;
        Assert.Equal(("https://a/v1", 2.5, 1.5, "Bearer k"), (target.Url.OriginalString, target.Ratio, target.Timeout.TotalSeconds, target.Authorization));
    }

    [Fact]
    public void Read_NoTimeout_HasABoundNevertheless() =>
        Assert.Equal(TimeSpan.FromMinutes(5), Read("""{"Enable":true,"Target":"http://a","Ratio":1,"Timeout":0}""")!.Timeout);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"Enable":false,"Target":"","Ratio":100}""")]
    public void Read_NotEnabled_IsOff(string text) => Assert.Null(Read(text));

    [Theory]
    [InlineData("hunter2", "not valid JSON: line 1")]
    [InlineData("[]", "JSON object")]
    [InlineData("""{"Enable":"hunter2"}""", "Enable")]
    [InlineData("""{"Target":1}""", "Target")]
    [InlineData("""{"Ratio":101}""", "Ratio")]
    [InlineData("""{"Ratio":-1}""", "Ratio")]
    [InlineData("""{"Timeout":-1}""", "Timeout")]
    [InlineData("""{"Timeout":1.5}""", "Timeout")]
    [InlineData("""{"hunter2":1}""", "a member other than")]
    [InlineData("""{"Enable":true}""", "Target")]
    [InlineData("""{"Enable":true,"Target":"ftp://a"}""", "Target")]
    [InlineData("""{"Enable":true,"Target":"http://hunter2@a"}""", "Target")]
    [InlineData("""{"Enable":true,"Target":"http://a","Authorization":"hunter2\n"}""", "Authorization")]
    public void Read_Broken_NamesTheMemberAndNoValue(string text, string problem)
    {
        string message = Assert.Throws<MirrorFileException>(() => Read(text)).Message;
        Assert.StartsWith("--mirror-config-file: ", message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private static MirrorTarget? Read(string text) => MirrorFile.Read(Encoding.UTF8.GetBytes(text));
}
