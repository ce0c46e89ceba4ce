// Number Enter number Enter Enter: Enter goes on to the marks, puts a space, and on a space keeps the sheet.
const sheet = document.querySelector("[name=number]");
const marks = document.querySelector("[name=marks]");
if (sheet && marks) {
  sheet.focus();
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      marks.focus();
    }
  });
  marks.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && marks.value && !marks.value.endsWith(" ")) {
      event.preventDefault();
      marks.value += " ";
    }
  });
}
