using AdaptCluster.Web.Submit;

namespace AdaptCluster.Web.Tests;

/// <summary>What the form says about a plan.</summary>
public sealed class SubmitTextTests
{
    [Theory]
    [InlineData(54, 0, "Submit 54 jobs")]
    [InlineData(54, 27, "Submit 54 jobs, 27 from the cache")]
    [InlineData(5400, 2700, "Submit 5,400 jobs, 2,700 from the cache")]
    [InlineData(54, 54, "Submit 54 jobs, all from the cache")]
    [InlineData(1, 1, "Submit 1 job, from the cache")]
    public void The_button_says_how_many_jobs_reuse_a_cached_result(int jobs, int cached, string expected) =>
        Assert.Equal(expected, SubmitText.Button(jobs, cached));

    [Fact]
    public void Of_many_arms_the_first_are_named()
    {
        string[] arms = [.. Enumerable.Range(1, 10).Select(arm => $"a{arm}")];

        Assert.Equal("a1, a2, a3, a4, a5, a6, a7, a8", SubmitText.Arms(arms[..8]));
        Assert.Equal("a1, a2, a3, a4, a5, a6, a7, a8 and 2 other arms", SubmitText.Arms(arms));
    }
}
