namespace AdaptCluster.Training.Methods;

/// <summary>A method whose lanes can pass the towers together.</summary>
internal interface ILanesTogether
{
    /// <summary>
    /// Whether lanes whose first method this is pass the towers together. On a GPU it saves launches. A CPU library cuts a product of more
    /// rows in another way, which changes last digits, and a lane there must find the same bits alone and among others.
    /// </summary>
    bool PassesTogether { get; set; }
}
