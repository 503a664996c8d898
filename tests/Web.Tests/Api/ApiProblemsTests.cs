using AdaptCluster.Contracts;
using AdaptCluster.Web.Api;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Tests.Api;

/// <summary>Which status an error has, and when a program may try again.</summary>
public sealed class ApiProblemsTests
{
    [Theory]
    [InlineData("busy", 503, "30")]
    [InlineData("transient", 503, "1")]
    [InlineData("state", 409, null)]
    [InlineData("input", 400, null)]
    public void An_error_has_the_status_of_its_kind(string kind, int status, string? retryAfter)
    {
        var context = new DefaultHttpContext();
        Exception error = kind switch
        {
            "busy" => new BusyException("64 plans are in progress on this silo"),
            "transient" => new GrainFaultException("the grain failed"),
            "state" => new AdaptClusterException("the job has pruned nothing yet"),
            _ => new InvalidInputException("set: write priority"),
        };

        var problem = Assert.IsAssignableFrom<IStatusCodeHttpResult>(ApiProblems.Of(error, context));

        Assert.Equal((status, retryAfter), (problem.StatusCode, (string?)context.Response.Headers.RetryAfter));
    }

    [Fact]
    public void A_fault_of_the_program_is_no_problem_of_the_caller() =>
        Assert.Null(ApiProblems.Of(new KeyNotFoundException("of nothing"), new DefaultHttpContext()));
}
