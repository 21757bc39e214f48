// Engine room: the last part of the function that a worker runs.

/** Take the first message as the page's data, then answer the others; this is all that a worker runs. */
function listen(program, loops) {
  self.onmessage = ({ data: live }) => {
    const answer = serve(program, loops, live, (content) => {
      const columns = content.done?.columns;
      self.postMessage(content, columns ? [columns.buffer, content.done.times.buffer] : []);
    });
    self.onmessage = ({ data }) => answer(data);
    self.postMessage("up");
  };
}
